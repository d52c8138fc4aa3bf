"""Redis, the mail server, PostgreSQL or a worker goes away: nothing is lost, nothing is doubled."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor

from .cases import assert_all_whole, assert_one_receipt_each, file_all, numbers_of, people, waiting_messages
from .client import Browser, Complainant
from .stack import Stack

PATIENCE = 3.0  # seconds that the last step may take, whatever is away


def test_without_redis_people_file_and_receipts_leave_once_when_it_is_back(stack: Stack):
    crowd = people(stack, 30)
    stack.take_redis()
    file_all(crowd)
    assert Browser(stack.address).get("/sante-systeme/ready").status == 200
    assert max(person.longest for person in crowd) < PATIENCE
    stack.give_redis()
    assert_all_whole(stack)
    assert_one_receipt_each(stack, crowd)


def test_a_redis_that_never_answers_delays_nobody(stack: Stack):
    crowd = people(stack, 6)
    with stack.silent_redis():
        file_all(crowd)
    assert max(person.longest for person in crowd) < PATIENCE
    assert_all_whole(stack)
    assert_one_receipt_each(stack, crowd)


def test_receipts_wait_for_a_mail_server_that_refuses_and_leave_once(stack: Stack):
    crowd = people(stack, 8)
    stack.smtp.refusing = True
    file_all(crowd)
    stack.wait_until(lambda: stack.smtp.refused >= 3 * len(crowd), what="each receipt was refused several times")
    assert waiting_messages(stack) == len(crowd)
    stack.smtp.refusing = False
    assert_one_receipt_each(stack, crowd)


def test_postgresql_restarting_is_a_clear_page_and_no_case_is_lost_or_doubled(stack: Stack):
    crowd = people(stack, 16)
    filed = len(stack.rows("SELECT 1 FROM complaints_complaint"))
    with ThreadPoolExecutor(4) as pool:
        results = [pool.submit(Complainant.file, person) for person in crowd]
        stack.wait_until(lambda: stack.value("SELECT count(*) FROM complaints_complaint") >= filed + 4, what="four")
        stack.take_postgres()
        page = Browser(stack.address).get("/reclamations/acaps/")
        alive = Browser(stack.address).get("/sante-systeme/live").status
        ready = Browser(stack.address).get("/sante-systeme/ready").status
        stack.give_postgres()
        numbers = [each.result() for each in results]
    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    assert "La plateforme redémarre" in page.html
    assert (alive, ready) == (200, 503)
    assert [numbers_of(stack, person.draft) for person in crowd] == [[number] for number in numbers]
    assert_all_whole(stack)
    stack.wait_for_mail([person.email for person in crowd])


def test_postgresql_stopping_between_the_commit_and_the_answer_is_the_same_page_and_the_case_exists(stack: Stack):
    [person] = people(stack, 1)
    review = person.to_review()
    with ThreadPoolExecutor(1) as pool:
        with contextlib.closing(stack.connect()) as other, other.cursor() as cursor:
            cursor.execute("LOCK TABLE django_session IN SHARE MODE")
            pressed = pool.submit(person.press_send, review)
            stack.wait_until(lambda: stack.somebody_waits_for("django_session"), what="the session is being saved")
            # Its backend goes before ours lets go of the lock: otherwise it could still save on the way out.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks"
                " WHERE NOT granted AND relation = 'django_session'::regclass"
            )
            stack.take_postgres()
        page = pressed.result()
        stack.give_postgres()
    assert (page.status, page.headers["Retry-After"]) == (503, "30")
    number = person.send(person.insist(lambda: person.get(review.url)))
    assert numbers_of(stack, person.draft) == [number]
    assert_all_whole(stack)


def test_a_message_taken_by_a_worker_that_dies_leaves_with_the_next_one(stack: Stack):
    [person] = people(stack, 1)
    stack.smtp.holding.clear()
    stack.smtp.hold.set()
    person.file()
    stack.wait_until(stack.smtp.holding.is_set, what="the worker talks to the mail server")
    stack.kill("worker")
    stack.smtp.hold.clear()
    stack.start("worker")
    assert_one_receipt_each(stack, [person])


def test_a_message_accepted_just_before_its_worker_died_comes_twice_at_most_under_one_identity(stack: Stack):
    [person] = people(stack, 1)
    stack.smtp.mute.set()
    person.file()
    stack.wait_for_mail([person.email])
    stack.kill("worker")
    stack.smtp.mute.clear()
    stack.start("worker")
    stack.wait_until(lambda: waiting_messages(stack) == 0, what="the outbox is empty")
    assert list(stack.smtp.copies(person.email).values()) == [2]
