"""What customers say, through the gateway on both profiles: a complaint to its end, and a survey answered by a link."""

import uuid

import pytest
import requests

from tests.deployments import wait_until

TEMPLATE_ID = "0198c000-0000-7000-8000-000000000001"


@pytest.fixture
def customer_id(deployment):
    """A new customer of rm1.east, whom activity knows."""
    name = "司马" + "".join(chr(0x4E00 + 80 * byte) for byte in uuid.uuid4().bytes[:3])
    record = {"customerNumber": f"V{uuid.uuid4().hex[:12]}", "kind": "CUSTOMER_KIND_RETAIL", "displayName": name}
    made = deployment.call("rm1.east", "POST", "/v1/customers", json=record)
    assert made.status_code == 200, made.text
    customer_id = made.json()["customerId"]
    of_customer = {"customerId": customer_id}
    wait_until(lambda: deployment.call("rm1.east", "GET", "/v1/feedback", params=of_customer).status_code == 200, 30)
    return customer_id


def act(deployment, login, path, **body):
    answer = deployment.call(login, "POST", path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_complaint_is_answered_told_and_closed_and_stands_on_the_timeline(deployment, customer_id):
    words = "转账被重复扣款，请尽快处理"
    said = act(
        deployment, "rm1.east", "/v1/feedback",
        customerId=customer_id, kind="FEEDBACK_KIND_COMPLAINT", severity="FEEDBACK_SEVERITY_MAJOR",
        category="payments", words=words,
    )  # fmt: skip
    path = f"/v1/feedback/{said['feedbackId']}"
    refused = deployment.call("rm1.east", "POST", f"{path}:close", json={})
    assert (refused.status_code, refused.json()["reason"]) == (400, "FEEDBACK_NOT_TOLD")
    assert deployment.call("rm1.west", "GET", path).status_code == 404
    act(deployment, "product.ho", f"{path}:answer", answer="已退款", outcome="FEEDBACK_OUTCOME_DONE")
    closed = act(deployment, "rm1.east", f"{path}:tell", channel="FEEDBACK_CHANNEL_CALL", close=True)
    assert closed["state"] == "FEEDBACK_STATE_CLOSED"

    def told():
        entries = deployment.get("rm1.east", f"/v1/customers/{customer_id}/timeline", pageSize=100)["entries"]
        return {entry["kind"] for entry in entries} >= {"feedback_recorded", "feedback_closed"}

    wait_until(told, 30)


def test_a_customer_answers_by_a_link_once(deployment, customer_id):
    survey = act(
        deployment, "product.ho", "/v1/surveys",
        displayName="e2e", surveyTemplateId=TEMPLATE_ID, sampling="SURVEY_SAMPLING_AFTER_EVENT",
        occasion="SURVEY_OCCASION_OPPORTUNITY_WON",
    )  # fmt: skip
    invitation = act(deployment, "rm1.east", "/v1/surveyInvitations", surveyId=survey["surveyId"], customerId=customer_id)
    path = f"/v1/surveyInvitations/{invitation['surveyInvitationId']}"
    page = deployment.url + act(deployment, "rm1.east", f"{path}:createLink")["path"]
    shown = requests.get(page, timeout=10, headers={"Accept-Language": "en"})
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "司马" not in shown.text
    incomplete = requests.post(page, timeout=10, data={"satisfied": "5"})
    assert incomplete.status_code == 400
    assert 'name="satisfied" value="5" checked' in incomplete.text
    thanked = requests.post(page, timeout=10, data={"recommend": "4", "satisfied": "2", "remark": "排队太久"})
    assert thanked.status_code == 200, thanked.text
    assert requests.post(page, timeout=10, data={"recommend": "10"}).status_code == 410
    answered = deployment.get("rm1.east", path)
    assert (answered["recommendationScore"], answered["low"], answered["channel"]) == (4, True, "SURVEY_CHANNEL_LINK")
    forged = f"{page[:-4]}AAAA"
    assert requests.get(forged, timeout=10).status_code == 404
    assert page.rpartition("/")[2] not in deployment.logs()
