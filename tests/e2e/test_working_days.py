"""The demonstration bank's people have a past: whoever signs in finds it, in his scope and on his customers' timelines."""

import pytest

from tests.deployments import wait_until

SECONDS = 360.0


def contacts(deployment, login, **params):
    return deployment.get(login, "/v1/contacts", pageSize=1000, **params)["contacts"]


# The past comes in the background, at the lowest priority.
@pytest.mark.timeout(800)
def test_a_relationship_manager_of_the_demonstration_has_contacts(deployment):
    me = deployment.get("rm1.east", "/v1/me")["person"]["personId"]

    def brought():
        return [each for each in contacts(deployment, "rm1.east") if each["sourceSystem"] == "demonstration"]

    wait_until((deployment.home / "demonstration" / "working_days.json").exists, SECONDS, "the working days are there")
    found = brought()
    assert found
    assert {each["ownerPersonId"] for each in found} == {me}
    assert all(each["customerName"] for each in found)
    states = {each["state"] for each in found}
    assert "CONTACT_STATE_DONE" in states
    # Nothing of it is the other branch's to see.
    assert not {each["contactId"] for each in found} & {each["contactId"] for each in contacts(deployment, "rm1.west")}
    one = next(each for each in found if each["state"] == "CONTACT_STATE_DONE")
    assert deployment.call("rm1.west", "GET", f"/v1/contacts/{one['contactId']}").status_code == 404

    def told():
        timeline = deployment.get("rm1.east", f"/v1/customers/{one['customerId']}/timeline", pageSize=200)
        return [each for each in timeline["entries"] if each["resource"] == f"contacts/{one['contactId']}"]

    wait_until(told, SECONDS, "the customer's timeline tells of the contact")
