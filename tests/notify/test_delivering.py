"""Each message is delivered once, through real servers: also after failures, in quiet hours, and after a kill."""

import json
import ssl
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.alerts.conftest import Desk, FakeCourier, Killed
from tests.notify.conftest import MailServer, free_port
from tests.sources.local_site import Answer, Asked, LocalSite, client_of

from aimas.alerts import ChannelKind, Failure, NotDelivered, QuietHours
from aimas.alerts.deliveries import CLAIM, GIVE_UP, WAITS_S, next_try
from aimas.core import BadInput, Tone
from aimas.notify import EmailSettings, by_email, by_webhook, signature
from aimas.notify.telegram import LONGEST, TelegramSettings, by_telegram
from aimas.sources import GuardedClient

MAIL = [(ChannelKind.EMAIL, "press@example.kz")]
HOOK = "webhook"


def settings(mail: MailServer, **more: object) -> EmailSettings:
    fields = {
        "host": "127.0.0.1",
        "port": mail.port,
        "sender": "Аймас <aimas@example.kz>",
        "security": "none",
    }
    return EmailSettings(**(fields | more))  # type: ignore[arg-type]


def letters(mail: MailServer) -> list[EmailMessage]:
    return [message_from_bytes(e.content, policy=policy.default) for e in mail.box.letters]  # type: ignore[arg-type, misc]


def said(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


class TestEmail:
    def test_a_real_server_gets_it_once(self, desk: Desk, mail: MailServer) -> None:
        desk.rule(channels=MAIL, language="kk")
        desk.file("Полиция раз.", tone=Tone.CRITICAL, title="Кража в <Алматы>", source="personal")
        (alert,) = desk.look()
        sending = desk.sending(email=by_email(settings(mail)))
        assert [sending.send_due(), sending.send_due()] == [1, 0]
        (letter,) = letters(mail)
        assert letter["To"] == "press@example.kz"
        assert letter["Content-Language"] == "kk"
        assert letter["Message-ID"].endswith("@example.kz>")
        text, html = said(letter, "plain"), said(letter, "html")
        for part in (
            alert.why["kk"],
            "Кража в <Алматы>",
            "сын",
            "Жеке беттер (бірге)",
            f"/alerts/{alert.position}",
            f"/alerts/rules/{alert.rule}",
            f"at={alert.snapshot}",
        ):
            assert part in text, part
        assert "Кража в &lt;Алматы&gt;" in html and "<Алматы>" not in html
        assert "outlet.test" not in text, "the address of a personal page may carry a handle"
        assert (desk.states(alert), desk.tries(alert)) == (["sent"], ["accepted"])
        assert len(desk.acts("delivery-sent")) == 1
        assert desk.app.verify() == []

    def test_a_server_that_is_busy_is_tried_again(self, desk: Desk, mail: MailServer) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        mail.box.answers = ["451 try later", "452 no room"]
        sending = desk.sending(email=by_email(settings(mail)))
        for _ in range(4):
            sending.send_due()
            desk.clock.advance(seconds=60)
        assert len(letters(mail)) == 1
        assert desk.tries(alert) == ["passing", "passing", "accepted"]

    @pytest.mark.parametrize(
        ("changes", "to", "why"),
        [
            pytest.param({}, "nobody@example.kz", "550", id="nobody by that name"),
            pytest.param(
                {"user": "aimas", "password": "wrong"}, "a@example.kz", "535", id="a wrong password"
            ),
            pytest.param({"security": "starttls"}, "a@example.kz", "encryption", id="a server without TLS"),
            pytest.param({"host": ""}, "a@example.kz", "smtp_host", id="no server set"),
        ],
    )
    def test_what_will_never_go_is_not_tried_again(
        self, desk: Desk, mail: MailServer, changes: dict[str, object], to: str, why: str
    ) -> None:
        desk.rule(channels=[(ChannelKind.EMAIL, to)])
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        sending = desk.sending(email=by_email(settings(mail, **changes)))
        sending.send_due()
        desk.clock.advance(days=2)
        assert sending.send_due() == 0
        assert (desk.states(alert), desk.tries(alert)) == (["failed"], ["permanent"])
        ((_, (attempt,)),) = desk.app.alert_store.deliveries(alert.position)
        assert why in attempt.detail and to not in attempt.detail
        assert letters(mail) == []

    def test_it_logs_in_where_it_is_told_to(self, desk: Desk, mail: MailServer) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        desk.look()
        desk.sending(email=by_email(settings(mail, user="aimas", password="right"))).send_due()
        assert mail.box.logins == [("aimas", "right")]
        assert len(letters(mail)) == 1

    def test_a_server_that_is_down_passes(self, desk: Desk, mail: MailServer) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        desk.sending(email=by_email(settings(mail, port=free_port()))).send_due()
        assert (desk.states(alert), desk.tries(alert)) == (["waiting"], ["passing"])

    def test_encrypted_it_trusts_whom_it_is_told_to(
        self, desk: Desk, tls_mail: tuple[str, MailServer], certificate: Path
    ) -> None:
        security, server = tls_mail
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        told = settings(server, security=security)
        desk.sending(email=by_email(told)).send_due()
        assert (letters(server), desk.tries(alert)) == ([], ["permanent"])
        ((delivery, (attempt,)),) = desk.app.alert_store.deliveries(alert.position)
        assert "certificate" in attempt.detail
        desk.app.alerting.resend(delivery.id)
        desk.sending(email=by_email(told, ssl.create_default_context(cafile=certificate))).send_due()
        assert len(letters(server)) == 1

    def test_a_title_can_not_add_headers(self, desk: Desk, mail: MailServer) -> None:
        desk.rule(channels=MAIL, name="Полиция")
        desk.file("Полиция раз.", title="Subject: x\r\nBcc: all@example.kz")
        desk.look()
        desk.sending(email=by_email(settings(mail))).send_due()
        (letter,) = letters(mail)
        assert letter["Bcc"] is None and mail.box.letters[0].rcpt_tos == ["press@example.kz"]


class TestWebhook:
    def hook(self, desk: Desk, site: LocalSite, **more: object) -> str:
        """The shared secret."""
        saved = desk.app.searches.save("полиция", "полиция", "kz-mia")
        from aimas.alerts import Rule, RuleKind

        fields = {
            "id": "",
            "name": "hook",
            "search": saved.id,
            "kind": RuleKind.EVERY,
            "language": "ru",
        } | more
        _, (channel,) = desk.app.alerting.add(Rule(**fields), [(ChannelKind.WEBHOOK, site.at("/hook"))])  # type: ignore[arg-type]
        desk.app.catch_up()
        return channel.secret

    def test_one_that_fails_twice_gets_it_once(self, desk: Desk, site: LocalSite) -> None:
        secret = self.hook(desk, site)
        answers = [Answer(status=503), Answer(status=500), Answer(status=204)]
        site.routes["/hook"] = lambda asked: answers.pop(0)
        desk.file("Полиция раз.", "Полиция два.")
        (alert,) = desk.look()
        with client_of(site) as client:
            sending = desk.sending(webhook=by_webhook(client, desk.clock))
            for _ in range(6):
                sending.send_due()
                desk.clock.advance(minutes=2)
        assert len(site.asked) == 3 and answers == []
        assert desk.tries(alert) == ["passing", "passing", "accepted"]
        assert desk.states(alert) == ["sent"]
        assert len({a.headers["idempotency-key"] for a in site.asked}) == 1
        for asked in site.asked:
            stamp = asked.headers["aimas-timestamp"]
            assert asked.headers["aimas-signature"] == f"v1={signature(secret, stamp, asked.body)}"
        told = json.loads(site.asked[-1].body)
        assert (told["count"], told["alert"], len(told["items"])) == (2, alert.position, 2)
        assert secret.encode() not in desk.app.home.records.read_bytes()

    @pytest.mark.parametrize("status", [301, 400, 404, 410])
    def test_a_refusal_is_for_good(self, desk: Desk, site: LocalSite, status: int) -> None:
        self.hook(desk, site)
        site.routes["/hook"] = Answer(status=status, headers={"Location": site.at("/other")})
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        with client_of(site) as client:
            sending = desk.sending(webhook=by_webhook(client, desk.clock))
            sending.send_due()
            desk.clock.advance(days=1)
            sending.send_due()
        assert [a.path for a in site.asked] == ["/hook"]
        assert desk.states(alert) == ["failed"]

    def test_an_inner_address_is_never_asked(self, desk: Desk, site: LocalSite) -> None:
        self.hook(desk, site)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        with GuardedClient() as client:
            desk.sending(webhook=by_webhook(client, desk.clock)).send_due()
        assert site.asked == []
        assert desk.states(alert) == ["failed"]

    def test_it_waits_as_long_as_it_is_asked_to(self, desk: Desk, site: LocalSite) -> None:
        self.hook(desk, site)
        site.routes["/hook"] = Answer(status=429, headers={"Retry-After": "600"})
        desk.file("Полиция раз.")
        desk.look()
        with client_of(site) as client:
            sending = desk.sending(webhook=by_webhook(client, desk.clock))
            sending.send_due()
            desk.clock.advance(seconds=590)
            assert sending.send_due() == 0
            desk.clock.advance(seconds=20)
            assert sending.send_due() == 1

    def test_an_address_with_a_key_in_it_stands_nowhere_in_the_open(
        self, desk: Desk, site: LocalSite
    ) -> None:
        desk.rule(
            channels=[
                (ChannelKind.WEBHOOK, "https://hooks.example/T0K3N"),
                (ChannelKind.EMAIL, "secret.name@example.kz"),
            ]
        )
        desk.app.close()
        raw = b"".join(p.read_bytes() for p in desk.app.home.folder.glob("records.sqlite*"))
        assert b"T0K3N" not in raw and b"secret.name" not in raw


class TestTelegram:
    def telegram(self, site: LocalSite, client: GuardedClient) -> object:
        return by_telegram(client, TelegramSettings(token="12:KEY", api=site.at("")))

    def test_a_chat_gets_a_message(self, desk: Desk, site: LocalSite) -> None:
        desk.rule(channels=[(ChannelKind.TELEGRAM, "-100123")])
        heard: list[dict[str, object]] = []

        def route(asked: Asked) -> Answer:
            heard.append(json.loads(asked.body))
            return Answer('{"ok": true}')

        site.routes["/bot12:KEY/sendMessage"] = route
        desk.file(*(f"Полиция & <b>{n}</b> " + "очень " * 300 for n in range(9)), title="Полиция <i> " * 20)
        (alert,) = desk.look()
        with client_of(site) as client:
            desk.sending(telegram=self.telegram(site, client)).send_due()  # type: ignore[arg-type]
        (message,) = heard
        text = str(message["text"])
        assert message["chat_id"] == "-100123" and len(text) < 3 * LONGEST
        assert "&lt;i&gt;" in text and "<i> " not in text.replace("<i>Тон", "")
        assert f"/alerts/{alert.position}" in text
        assert desk.states(alert) == ["sent"]

    def test_a_try_without_an_answer_is_not_repeated_by_itself(self, desk: Desk, site: LocalSite) -> None:
        desk.rule(channels=[(ChannelKind.TELEGRAM, "-100123")])
        site.routes["/bot12:KEY/sendMessage"] = Answer("{}", wait_s=1.0)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        with client_of(site, read_s=0.2) as client:
            sending = desk.sending(telegram=self.telegram(site, client))  # type: ignore[arg-type]
            sending.send_due()
            desk.clock.advance(days=1)
            sending.send_due()
        assert len(site.asked) == 1
        assert desk.states(alert) == ["unclear"]
        site.routes["/bot12:KEY/sendMessage"] = Answer("{}")
        ((delivery, _),) = desk.app.alert_store.deliveries(alert.position)
        desk.app.alerting.resend(delivery.id)
        with client_of(site) as client:
            desk.sending(telegram=self.telegram(site, client)).send_due()  # type: ignore[arg-type]
        assert desk.states(alert) == ["sent"]

    def test_the_token_is_in_no_error(self, desk: Desk, site: LocalSite) -> None:
        desk.rule(channels=[(ChannelKind.TELEGRAM, "-100123")])
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        with client_of(site) as client:
            desk.sending(telegram=self.telegram(site, client)).send_due()  # type: ignore[arg-type]
        ((_, (attempt,)),) = desk.app.alert_store.deliveries(alert.position)
        assert attempt.outcome == "permanent" and "404" in attempt.detail and "KEY" not in attempt.detail


class TestOnce:
    def test_a_kill_between_sending_and_recording_repeats_the_same_key(self, desk: Desk) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        courier = FakeCourier(killed=1)
        sending = desk.sending(email=courier)
        with pytest.raises(Killed):
            sending.send_due()
        assert desk.states(alert) == ["waiting"], "sent is said only after acceptance"
        assert sending.send_due() == 0, "in a hand that may still be alive"
        desk.clock.time += CLAIM + timedelta(seconds=1)
        assert [sending.send_due(), sending.send_due()] == [1, 0]
        first, second = courier.sent
        assert first == second, "one message, one key"
        assert desk.tries(alert) == ["interrupted", "accepted"]
        assert desk.app.verify() == []

    def test_where_a_repetition_can_not_be_told_a_kill_leaves_it_to_a_person(self, desk: Desk) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        courier = FakeCourier(killed=1, tells=False)
        sending = desk.sending(email=courier)
        with pytest.raises(Killed):
            sending.send_due()
        desk.clock.advance(days=1)
        sending.send_due()
        assert len(courier.sent) == 1
        assert desk.states(alert) == ["unclear"]

    def test_two_senders_beside_each_other_send_once(self, desk: Desk) -> None:
        for _ in range(6):
            desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        alerts = desk.look()
        courier = FakeCourier()
        import threading

        sendings = [desk.sending(email=courier) for _ in range(3)]
        threads = [threading.Thread(target=s.send_due) for s in sendings]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert len(courier.sent) == len({m.key for m in courier.sent}) == len(alerts) == 6

    def test_quiet_hours_put_off_what_failed_and_what_is_new(self, desk: Desk) -> None:
        desk.rule(channels=MAIL, quiet=QuietHours(time(22), time(7)))
        desk.clock.time = datetime.fromisoformat("2026-09-16T21:59:58+05:00")
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        courier = FakeCourier(NotDelivered(Failure.PASSING, "busy"))
        sending = desk.sending(email=courier)
        sending.send_due()
        desk.clock.advance(seconds=30)
        assert sending.send_due() == 0 and courier.sent == []
        desk.clock.time = datetime.fromisoformat("2026-09-17T06:59:59+05:00")
        assert sending.send_due() == 0
        desk.clock.advance(seconds=1)
        assert sending.send_due() == 1
        assert [m.alert for m in courier.sent] == [alert.position]

    def test_muted_it_records_and_sends_nothing(self, desk: Desk) -> None:
        rule = desk.rule(channels=MAIL)
        desk.app.alerting.mute(rule, desk.clock.time + timedelta(hours=1))
        desk.app.catch_up()
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        courier = FakeCourier()
        sending = desk.sending(email=courier)
        sending.send_due()
        assert desk.states(alert) == ["silenced"] and courier.sent == []
        desk.clock.advance(hours=2)
        desk.file("Полиция два.")
        (later,) = desk.look()
        sending.send_due()
        assert [m.alert for m in courier.sent] == [later.position]
        assert len(desk.acts("alert-muted")) == 1

    def test_a_mute_also_holds_what_waits(self, desk: Desk) -> None:
        rule = desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        desk.app.alerting.mute(rule, desk.clock.time + timedelta(hours=1))
        courier = FakeCourier()
        desk.sending(email=courier).send_due()
        assert desk.states(alert) == ["silenced"] and courier.sent == []

    def test_after_a_day_of_tries_it_is_given_up_and_a_person_may_repeat_it(self, desk: Desk) -> None:
        desk.rule(channels=MAIL)
        desk.file("Полиция раз.")
        (alert,) = desk.look()
        courier = FakeCourier(*[NotDelivered(Failure.PASSING, "down")] * 200)
        sending = desk.sending(email=courier)
        for _ in range(200):
            sending.send_due()
            desk.clock.advance(minutes=30)
        assert desk.states(alert) == ["failed"]
        assert 10 < len(desk.tries(alert)) < 60
        courier.failures.clear()
        ((delivery, _),) = desk.app.alert_store.deliveries(alert.position)
        desk.app.alerting.resend(delivery.id)
        sending.send_due()
        assert desk.states(alert) == ["sent"]
        with pytest.raises(BadInput, match="accepted"):
            desk.app.alerting.resend(delivery.id)


def test_pauses_grow_and_end() -> None:
    now = datetime.fromisoformat("2026-09-16T12:00:00+05:00")
    waits = [(at - now).total_seconds() for n in range(1, 12) if (at := next_try(n, now, now))]
    assert waits == sorted(waits) and waits[0] == WAITS_S[0] and waits[-1] == WAITS_S[-1]
    assert next_try(1, now, now, 7_200) == now + timedelta(hours=2)
    assert next_try(1, now + GIVE_UP, now) is None
