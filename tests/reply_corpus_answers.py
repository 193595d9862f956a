"""English texts that look like a revocation, or merely talk, and must not be one."""

MORE_NOT_STOPS = """
I can't stop sneezing today
can't stop eating sweets
my nose won't stop running
the bleeding stopped
my headache stopped
the dizziness has stopped
it stopped hurting
I stopped taking it because it made me sick
I stopped taking my blood pressure pills
I stopped the metformin last week
ran out so i stopped
my doctor stopped the lisinopril
doctor told me to stop the water pill
dr said stop metformin
the doctor wants me to stop my aspirin
do i need to stop taking it before surgery
when can I stop taking this
should I stop if I feel dizzy
can i stop the pills if my pressure is good
will it stop working if I skip a day
I will stop by the pharmacy tomorrow
stopping by this afternoon
can i stop by after 5
I stopped in yesterday and they were closed
my husband will stop in to pick it up
the bus stop is too far
I take the bus to the stop on Main
last stop before home
pit stop
truck stop on route 9
non stop coughing
nonstop headaches
I never stop worrying about it
my son never stops talking
i quit smoking 2 years ago
trying to quit smoking
I want to stop smoking
need help to quit cigarettes
quit drinking soda
I quit my job so no insurance
quit eating salt
my insurance ended
my coverage ended in june
at the end of my rope with the copays
end of next week
by the end of the day
the end is near for this bottle
I get paid at the end of the month
I'll pick it up this weekend
in the end i went
I ended up in line for an hour
it depends
weekends are best
can you text me at the end of the week
when does this end? I like it
my appointment was cancelled
they cancelled my appointment
the clinic canceled on me
my ride cancelled
my insurance was cancelled
I didn't cancel anything
please do not cancel my refill
don't cancel
did they cancel my prescription
why was my prescription cancelled
I have colon cancer
cancer doctor says ok
removed the bandage
they removed my gallbladder
had a mole removed
the pharmacy removed it from my list
I can't remove the cap
how do you remove the cap
childproof cap hard to remove
the pharmacist blocked me in the parking lot
I take a beta blocker
heart block
I live two blocks away
blocked arteries
nose is blocked
beta blockers make me tired
I opted for the generic
is there an option for delivery
no other option
the list is long
I will bring my list
what is on my list
I left my number with them
my number is the same
my phone number changed to the one below
text me later please
please text me tomorrow
call me instead
call me please
can someone call me
don't call me, text me
please text instead of calling
keep texting me
please keep sending these
I like these texts
these texts help
thanks for the texts
did you text me
I didn't get the text
I got your message
message received
no I did not get the message
send it again please
I don't want to lose my coverage
I don't want to take more pills
i dont want the generic
I don't want insulin
don't want to go to the hospital
I do not want surgery
no more refills on my bottle
I have no more pills
no more than one a day
no more salt for me
no more headaches
no I did not
no thanks
no thank you
nope not yet
not today
not sure
not now
maybe later
never
never had that
never took it
I forgot
forgot again
I forget to take it
out of pills
I am out
I'm out
out of town
I'm out of test strips
run out tomorrow
leave it at the counter
left it at home
leave it on the porch
my wife left me alone at the clinic
I live alone
the side effects bother me
it bothers my stomach
my knee is bothering me
the cost is too much
too expensive
it makes me cough
I had to pause it for a week
stopwatch
top number 150
top 150 bottom 95
the top one is 160
stuffy nose
stood up too fast
I am on the stop and shop pharmacy list
Stop & Shop
stop and shop on 5th
got it at stop n shop
dead battery on the cuff
the cuff ends are torn
my spend limit
revoked my license so I need a ride
he revoked my driving
atop the fridge
quite well
quite good thanks
quite dizzy
feeling quite tired
block of ice
"""
