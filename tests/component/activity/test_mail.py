"""Digests go by mail, each once: with a real mail server that refuses, is not there, and speaks TLS or does not."""

# ruff: noqa: ARG002 - a handler of aiosmtpd takes what aiosmtpd gives

import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from pydantic import ValidationError
from sqlalchemy import delete, select, update
from workbench.identity.v1 import events_pb2

from deploy.certificates import create_certificates
from services.activity.model.notification import Digest, DigestState, Notification, NotificationPreferences
from services.activity.usecases.notifications import digests, mailing, measuring
from services.activity.usecases.notifications.smtp import Connection, Letter, Outcome
from services.activity.usecases.settings import ActivitySettings
from services.chassis.longwork.runner import Runner
from services.chassis.longwork.table import ENDED, Operation
from services.chassis.longwork.task import Abandoned, Work
from services.chassis.settings import TlsSettings
from tests.component.activity.test_notifications import listed, prefer, tell
from tests.servers import free_port

MAIL = "test.mail"
MORNING = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
DIGEST_TIME = MORNING + timedelta(minutes=30)


class Mailbox:
    """A mail server's memory; what it answers is set by a test."""

    def __init__(self):
        self.mails, self.logins = [], []
        self.answers = {}

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        answer = self.answers.get("RCPT", "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.mails.append((envelope.rcpt_tos, envelope.content))
        return answer

    @property
    def messages(self):
        return [message_from_bytes(content, policy=default) for _, content in self.mails]


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def server(mailbox):
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller
    if controller.loop.is_running():
        controller.stop()


@pytest.fixture
def mailed(service, server, monkeypatch):
    """The service with a mail server; a test decides when mail goes, and none of an earlier test is left."""
    monkeypatch.setattr(digests, "MAIL", MAIL)
    with service.database.transaction() as work:
        work.session.execute(delete(Digest))
        work.session.execute(delete(Operation).where(Operation.kind == MAIL))
        work.session.execute(update(NotificationPreferences).values(next_digest_time=None))
        work.session.execute(update(Notification).values(to_mail=False))
    settings = ActivitySettings(
        smtp_host="127.0.0.1", smtp_port=server.port, smtp_security="none", mail_from="workbench@bank.example",
        mail_page_url="https://workbench.bank.example",
    )  # fmt: skip
    monkeypatch.setattr(service.database, "settings", settings)
    return service


def works(step=mailing._note):
    return [Work(MAIL, "", step, mailing._send_next)]


def run_mail(service, step=mailing._note):
    """One run of the mail, as a process that has just started makes it once the lease of another has run out."""
    mailing._accepted.clear()
    service.clock.fixed += timedelta(seconds=1)
    while Runner(service.database, works(step), lease_seconds=0.01).run_due():
        pass


def measured(service):
    with service.database.transaction(read_only=True) as work:
        return {metric.name: metric.samples[0].value for metric in measuring.measure(work)}


def digests_of(service, person):
    with service.database.transaction(read_only=True) as work:
        return list(work.session.scalars(select(Digest).where(Digest.person_id == person.person_id)))


@pytest.fixture
def reader(town, mailed, at):
    """Somebody who was told of two things and gets a digest of them at half past eight."""
    at(MORNING)
    person = town.rm1_east
    prefer(person, email_address="zhang.wei@bank.example")
    tell(town, person)
    tell(town, person, kind="work_report_confirmed")
    at(DIGEST_TIME)
    return person


def make(town):
    town.run_timer("notifications.make_digests")


def test_a_digest_tells_what_was_not_read_and_comes_once(town, reader, mailed, mailbox):
    make(town)
    make(town)
    run_mail(mailed)
    (message,) = mailbox.messages
    assert message["To"] == "zhang.wei@bank.example"
    assert message["From"] == "workbench@bank.example"
    assert message["Subject"] == "客户经理作业平台：2 条通知"
    (digest,) = digests_of(mailed, reader)
    assert message["Message-ID"] == f"<{digest.digest_id}@bank.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "有任务分派给您" in message.get_content()
    assert digest.state == DigestState.SENT
    make(town)
    run_mail(mailed)
    assert len(mailbox.messages) == 1


def test_what_was_read_in_the_workbench_is_not_mailed(town, reader, mailed, mailbox):
    reader.call("MarkNotificationsRead")
    make(town)
    run_mail(mailed)
    assert mailbox.messages == []


def test_mails_are_english_where_that_is_wanted(town, reader, mailed, mailbox):
    prefer(reader, language=2)
    make(town)
    run_mail(mailed)
    (message,) = mailbox.messages
    assert message["Subject"] == "RM Workbench: 2 notifications"
    assert "A task was assigned to you" in message.get_content()


def test_what_is_urgent_is_mailed_at_once_also_in_quiet_hours(town, reader, mailed, mailbox, at):
    at(DIGEST_TIME + timedelta(hours=14))
    prefer(reader, quiet_start="21:00", quiet_end="08:00")
    reader.call("MarkNotificationsRead")
    tell(town, reader)
    make(town)
    run_mail(mailed)
    assert mailbox.messages == []
    tell(town, reader, kind="work_report_returned", urgent=True)
    make(town)
    run_mail(mailed)
    (message,) = mailbox.messages
    assert "【紧急】" in message.get_content()
    assert "任务" not in message.get_content()


def test_a_server_that_is_down_loses_nothing_and_doubles_nothing(town, reader, mailed, mailbox, server, at, monkeypatch):
    port = server.port
    server.stop()
    make(town)
    run_mail(mailed)
    (digest,) = digests_of(mailed, reader)
    assert (digest.state, digest.attempts) == (DigestState.WAITING, 1)
    assert measured(mailed) == {"workbench_mail_waiting": 1, "workbench_mail_waiting_seconds": 1}
    again = Controller(mailbox, hostname="127.0.0.1", port=port)
    again.start()
    make(town)
    run_mail(mailed)
    assert mailbox.messages == []
    at(DIGEST_TIME + timedelta(minutes=2))
    make(town)
    run_mail(mailed)
    again.stop()
    assert len(mailbox.messages) == 1
    assert measured(mailed) == {"workbench_mail_waiting": 0, "workbench_mail_waiting_seconds": 0}


@pytest.mark.parametrize("place", ["RCPT", "DATA"])
def test_a_server_that_says_later_gets_it_later(town, reader, mailed, mailbox, at, place):
    mailbox.answers[place] = "451 Come again"
    make(town)
    run_mail(mailed)
    assert digests_of(mailed, reader)[0].state == DigestState.WAITING
    mailbox.answers.clear()
    at(DIGEST_TIME + timedelta(minutes=2))
    make(town)
    run_mail(mailed)
    assert len(mailbox.messages) == 1


def test_an_address_that_is_refused_gets_no_more_and_its_owner_is_told(town, reader, mailed, mailbox):
    mailbox.answers["RCPT"] = "550 No such user"
    make(town)
    run_mail(mailed)
    assert digests_of(mailed, reader)[0].state == DigestState.REFUSED
    assert reader.call("GetNotificationPreferences").email_refused
    assert listed(reader, kinds=["email_refused"])
    assert not prefer(reader, email_address="zhang.wei@bank.example").email_refused


def test_one_that_is_refused_holds_up_no_other(town, reader, mailed, mailbox):
    prefer(town.rm2_east, email_address="li.na@bank.example")
    tell(town, town.rm2_east)
    with mailed.database.transaction() as work:
        work.session.execute(update(NotificationPreferences).values(next_digest_time=work.now))
    mailbox.answers["RCPT"] = "550 No such user"
    make(town)
    run_mail(mailed)
    states = [digests_of(mailed, each)[0].state for each in (reader, town.rm2_east)]
    assert states == [DigestState.REFUSED] * 2


def test_days_in_vain_end(town, reader, mailed, mailbox, at):
    mailbox.answers["DATA"] = "451 Come again"
    make(town)
    run_mail(mailed)
    at(DIGEST_TIME + timedelta(days=4))
    make(town)
    run_mail(mailed)
    assert DigestState.GIVEN_UP in [each.state for each in digests_of(mailed, reader)]


def test_a_process_that_dies_before_the_mail_has_gone_sends_it_once(town, reader, mailed, mailbox, monkeypatch):
    make(town)
    with monkeypatch.context() as dying:
        dying.setattr(Connection, "send", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            run_mail(mailed)
    run_mail(mailed)
    assert len(mailbox.messages) == 1


def test_a_process_that_lives_remembers_what_was_accepted_while_its_database_was_gone(
    town, reader, mailed, mailbox, monkeypatch, at
):
    make(town)
    note, failures = mailing._note, []

    def fails(work, task, tried):
        if not failures:
            failures.append(tried)
            raise ConnectionError("The database is gone.")
        note(work, task, tried)

    runner = Runner(mailed.database, works(fails), retry_delay_seconds=0.001)
    runner.run_due()
    assert len(mailbox.messages) == 1
    at(DIGEST_TIME + timedelta(seconds=30))
    runner.run_due()
    assert failures
    assert len(mailbox.messages) == 1
    assert digests_of(mailed, reader)[0].state == DigestState.SENT


def test_a_process_that_dies_between_the_servers_word_and_the_commit_sends_the_same_mail_again(
    town, reader, mailed, mailbox, monkeypatch
):
    make(town)

    def dies(*_):
        raise SystemExit

    with pytest.raises(SystemExit):
        run_mail(mailed, dies)
    run_mail(mailed)
    (_, first), (_, second) = mailbox.mails
    assert first == second
    assert mailbox.messages[0]["Message-ID"] == mailbox.messages[1]["Message-ID"]


def test_whoever_was_shut_out_or_wants_none_any_more_gets_no_mail(town, reader, mailed, mailbox):
    prefer(reader, email_address="")
    make(town)
    run_mail(mailed)
    assert mailbox.messages == []


def test_whoever_was_shut_out_meanwhile_gets_no_mail(town, reader, mailed, mailbox):
    make(town)
    town.announce(events_pb2.PersonDisabled(person_id=reader.person_id))
    run_mail(mailed)
    assert mailbox.messages == []
    assert digests_of(mailed, reader)[0].state == DigestState.REFUSED


def stopping():
    raise Abandoned


def test_what_the_server_says_of_a_mail_that_has_gone_is_waited_for_while_the_process_stops():
    def answers():
        time.sleep(0.2)
        return Outcome.ACCEPTED

    assert mailing._beside(stopping, answers, lambda: None) is Outcome.ACCEPTED


def test_a_server_that_says_nothing_holds_up_no_stop(monkeypatch):
    monkeypatch.setattr(mailing, "STOP_SECONDS", 0.1)
    monkeypatch.setattr(mailing, "_LOOK_SECONDS", 0.05)
    interrupted = threading.Event()
    with pytest.raises(Abandoned):
        mailing._beside(stopping, lambda: interrupted.wait(5), interrupted.set)
    assert interrupted.is_set()


def test_two_runs_are_never_asked_for_at_once(town, reader, mailed):
    make(town)
    make(town)
    with mailed.database.transaction(read_only=True) as work:
        statement = select(Operation).where(Operation.kind == MAIL, Operation.state.not_in(ENDED))
        assert len(work.session.scalars(statement).all()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"smtp_host": "mail.bank.example"},
        {"smtp_host": "mail.bank.example", "mail_from": "no address"},
        {"smtp_host": "mail.bank.example", "mail_from": "a@bank.example", "smtp_security": "none", "smtp_user": "w"},
    ],
)
def test_settings_that_cannot_work_are_refused(fields):
    with pytest.raises(ValidationError) as refused:
        ActivitySettings(**fields)
    assert "mail.bank.example" not in str(refused.value)


def test_a_password_is_never_shown():
    settings = ActivitySettings(smtp_user="w", smtp_password="geheim-1")
    assert "geheim-1" not in repr(settings)


LETTER = Letter("0198", "zhang.wei@bank.example", "3 条通知", "正文\n.\n", MORNING)


def test_mail_goes_over_tls_with_a_password_and_never_without(mailbox, tmp_path):
    authority, context = certificates(tmp_path)

    def check(server, session, envelope, mechanism, data):
        mailbox.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"right")

    controller = Controller(
        mailbox, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True, authenticator=check,
        auth_required=True,
    )  # fmt: skip
    controller.start()
    common = {"smtp_host": "localhost", "smtp_port": controller.port, "mail_from": "w@bank.example", "smtp_user": "w"}
    try:
        outcomes = [
            attempt(ActivitySettings(**common, smtp_password="right", smtp_authority=authority)),
            attempt(ActivitySettings(**common, smtp_password="wrong", smtp_authority=authority)),
            attempt(ActivitySettings(**common, smtp_password="right")),
        ]
    finally:
        controller.stop()
    assert outcomes == [Outcome.ACCEPTED, Outcome.SERVER_FAULT, Outcome.SERVER_FAULT]
    (message,) = mailbox.messages
    assert message.get_content().splitlines() == ["正文", "."]
    # To a server whose certificate nobody trusts no password goes.
    assert [password for _, password in mailbox.logins] == [b"right", b"wrong"]


def test_a_server_that_offers_no_tls_gets_nothing(mailbox, server):
    common = {"smtp_host": "127.0.0.1", "smtp_port": server.port, "mail_from": "w@bank.example"}
    assert attempt(ActivitySettings(**common)) is Outcome.SERVER_FAULT
    assert mailbox.mails == []


def certificates(folder):
    """An authority nobody else trusts, and the context of a server with a certificate that it signed."""
    tls = TlsSettings(**{name: folder / f"{name}.pem" for name in ("certificate", "key", "authority")})
    create_certificates(tls)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    return tls.authority, context


def attempt(settings):
    connection = Connection(settings)
    try:
        return connection.send(LETTER, lambda: None)
    finally:
        connection.close()
