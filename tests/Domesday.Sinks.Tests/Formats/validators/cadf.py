"""Builds each line's event out of OpenStack's own CADF classes, which refuse what is not valid."""
import json
import sys
import warnings

from pycadf import attachment, event, host, reason, resource

warnings.simplefilter("ignore")  # Ids that are no UUIDs are allowed, with a warning.
# Members of OpenStack's own beside CADF's: keystonemiddleware's audit filter and Keystone write them.
EXTENSIONS = {"requestPath"}
RESOURCE_EXTENSIONS = {"project_id"}


def resource_of(value):
    known = {name: value[name] for name in ("id", "typeURI", "name", "domain") if name in value}
    if set(value) - set(known) - RESOURCE_EXTENSIONS - {"host"}:
        raise ValueError(f"unknown member of a resource: {sorted(value)}")
    made = resource.Resource(**known, host=host.Host(**value["host"]) if "host" in value else None)
    if not made.is_valid():
        raise ValueError("a resource is not valid")
    return made


def check(value):
    if set(value) - set(event.EVENT_KEYNAMES) - EXTENSIONS:
        raise ValueError(f"unknown member of an event: {sorted(value)}")
    made = event.Event(
        eventType=value["eventType"], id=value["id"], eventTime=value["eventTime"], action=value["action"], outcome=value["outcome"],
        initiator=resource_of(value["initiator"]), target=resource_of(value["target"]), observer=resource_of(value["observer"]),
        reason=reason.Reason(**value["reason"]) if "reason" in value else None)
    for one in value["attachments"]:
        made.add_attachment(attachment.Attachment(**one))
    if value["typeURI"] != event.TYPE_URI_EVENT or not made.is_valid():
        raise ValueError("the event is not valid")
    made.as_dict()


count = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines.read().split("\n"):
        if not line:
            continue
        try:
            check(json.loads(line))
        except (ValueError, TypeError, KeyError) as fault:
            sys.exit(f"{fault!r}: {line[:2000]}")
        count += 1
print(count)
