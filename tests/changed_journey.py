"""A journey as a careless change would leave it: it sleeps where it did not before."""

from temporalio import workflow

from workflows.journey import MemberJourney, StartJourney


@workflow.defn(name="MemberJourney")
class SleepierJourney(MemberJourney):
    @workflow.init
    def __init__(self, start: StartJourney) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: StartJourney) -> None:
        await workflow.sleep(1)
        await super().run(start)
