"""Makes the pictures of docs/images: a demo runs for a while, a browser looks at it.

Run by `make screenshots`; needs Debian's Chromium.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from browser import CHROMIUM, FLAGS
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import create_engine, text
from test_whole_stack import free_port

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE = {"width": 1280, "height": 1200}
AFTER_DAYS, DAY_SECONDS = 32, 3.0
# The member with the fullest page that is still under way.
FULLEST = """
select e.id from enrollments e join outcomes o on o.enrollment_id = e.id
where e.state = 'active' and exists (select from readings r where r.enrollment_id = e.id)
group by e.id order by count(*) desc limit 1
"""


def main() -> None:
    if not CHROMIUM.exists():
        sys.exit("Chromium is not installed: apt-get install chromium, then try again.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="doorway-shots-") as folder:
        home = Path(folder) / "home"
        demo = start(home)
        try:
            lines = read_until(demo, "A day lasts")
            time.sleep(AFTER_DAYS * DAY_SECONDS)
            shoot(home, lines)
        finally:
            demo.terminate()
            demo.wait(30)


def start(home: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "runtime.cli", "demo", "--members", "60"]
    command += ["--day-seconds", str(DAY_SECONDS), "--seed", "3", "--port", str(free_port())]
    environment = {**os.environ, "DOORWAY_HOME": str(home), "COLUMNS": "200"}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def read_until(demo: "subprocess.Popen[str]", words: str) -> str:
    read = ""
    assert demo.stdout
    for line in demo.stdout:
        read += line
        if words in line:
            return read
    sys.exit(f"The demo ended early:\n{read}")


def shoot(home: Path, lines: str) -> None:
    running = json.loads((home / "run.json").read_text("utf-8"))
    password = re.search(r"with the password (\S+)", lines)
    phone = re.search(r"A phone:\s+(\S+)", lines)
    assert password
    assert phone
    with create_engine(running["database_url"]).connect() as connection:
        enrollment = connection.execute(text(FULLEST)).scalar_one()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
        sign_in(page, running["base_url"], password.group(1))
        console = f"{running['base_url']}/console"
        take(page, f"{console}/", "today")
        take(page, f"{console}/members", "members")
        take(page, f"{console}/enrollments/{enrollment}", "member")
        take(page, f"{console}/queue", "queue")
        take(page, phone.group(1), "phone")
        browser.close()


def sign_in(page: Page, base_url: str, password: str) -> None:
    page.goto(f"{base_url}/sign-in")
    page.get_by_label("Sign-in name").fill("admin")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/console/**")


def take(page: Page, address: str, name: str) -> None:
    # A page that listens for news is never idle.
    page.goto(address, wait_until="load")
    page.screenshot(path=str(IMAGES / f"{name}.png"))


if __name__ == "__main__":
    main()
