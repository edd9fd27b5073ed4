"""Recomputes from an export's JSON Lines all numbers that its report shows, and prints them as JSON.

Arguments: audit-log.jsonl.gz, and a JSON text with start, end (seconds since 1970), timeZone, clientId, connectionId, pipelineId.
Shares no code with the exporter. shownNumbers.py goes on from here.
"""
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone

NOBODY = "00000000-0000-0000-0000-000000000000"
AUDIT_LOG_NAMESPACE = "a6cc6381-a1ca-4b36-b3c1-4e65211e82b6"
LISTED = {"category": 100, "area": 100, "action": 300, "actor": 200, "ip": 200, "mechanism": 100, "project": 200}
MINUTE, HOUR, DAY = 60, 3600, 86400
STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 28 * DAY, 336 * DAY]
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def zone(name):
    if name == "UTC":
        return timezone.utc
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def cut(text, units):
    return text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass")


def in_order(text):
    return text.encode("utf-16-be", "surrogatepass")


def name_of(value):
    return value if isinstance(value, str) and value else None


def second_of(entry):
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|\+00:00)", entry["timestamp"])
    return int((datetime(*(int(part) for part in found.groups()), tzinfo=timezone.utc) - EPOCH).total_seconds())


def inside(data, name):
    if not isinstance(data, dict):
        return None
    value = data.get(name)
    return data.get(name[0].lower() + name[1:]) if value is None else value


def is_own(entry, facts):
    if entry.get("actionId") == "AuditLog.AccessLog":
        named = json.dumps([entry.get(field) for field in ("actorClientId", "actorUserId", "actorCUID", "actorUPN")]).lower()
        return facts["clientId"] in named
    if entry.get("actionId") == "Library.ServiceConnectionExecuted":
        pipeline = inside(entry.get("data"), "DefinitionId")
        return facts["connectionId"] in json.dumps(entry.get("data")).lower() and (pipeline is None or str(pipeline) == facts["pipelineId"])
    return False


def actor_of(entry):
    text = {field: entry.get(field) if isinstance(entry.get(field), str) else "" for field in ("actorClientId", "actorUserId", "actorCUID", "actorUPN", "actorDisplayName")}
    ids = {field: "" if value == NOBODY else value for field, value in text.items()}
    for_nobody = entry.get("authenticationMechanism") == "S2S_ServicePrincipal" and "@" not in text["actorUPN"]
    kind = "servicePrincipal" if ids["actorClientId"] else "service" if text["actorCUID"] == NOBODY or for_nobody else "person"
    identity = ids["actorClientId"] or ids["actorUserId"] or ids["actorCUID"] or text["actorUPN"]
    name = text["actorDisplayName"] or identity
    return (kind, identity or name, name) if name else None


def rule_of(entry):
    action, data = entry.get("actionId"), entry.get("data")
    group = inside(data, "GroupName")
    group = group if isinstance(group, str) and group else entry.get("details") or ""
    group = group.split("\\")[-1].strip().lower()
    administrators = group.endswith("administrators") or group == "project collection service accounts"
    updates = inside(data, "Updates")
    if action in ("AuditLog.StreamDisabledByUser", "AuditLog.StreamDisabledBySystem", "AuditLog.StreamDeleted"):
        return "auditStreamStopped"
    if action in ("OrganizationPolicy.PolicyValueUpdated", "OrganizationPolicy.EnforcePolicyAdded", "OrganizationPolicy.EnforcePolicyRemoved"):
        return "auditingSwitched" if inside(data, "PolicyName") == "Policy.LogAuditEvents" else None
    if action == "Group.UpdateGroupMembership.Add" and administrators:
        return "administratorsAdded"
    if action == "Group.UpdateGroupMembership" and administrators and (not isinstance(updates, list) or any(isinstance(update, dict) and inside(update, "Active") is not False for update in updates)):
        return "administratorsAdded"
    if action in ("Organization.Update.Owner", "Organization.Update.ForceUpdateOwner"):
        return "administratorsAdded"
    if isinstance(action, str) and action.startswith("Security."):
        return "auditLogPermissions" if str(inside(data, "NamespaceId")).lower() == AUDIT_LOG_NAMESPACE or inside(data, "NamespaceName") == "AuditLog" else None
    if action == "Pipelines.PipelineRetentionSettingChanged":
        try:
            return "retentionReduced" if float(inside(data, "NewValue")) < float(inside(data, "OldValue")) else None
        except (TypeError, ValueError):
            return "retentionReduced"
    if action in ("Project.UpdateVisibilityCompleted", "Project.CreateCompleted"):
        now, before = (str(inside(data, name)).lower() for name in ("ProjectVisibility", "PreviousProjectVisibility"))
        return "projectMadePublic" if now == "public" and before != "public" else None
    return {
        "Token.PatPublicDiscoveryEvent": "tokenFoundInPublic", "Git.RefUpdatePoliciesBypassed": "policyBypassed",
        "Git.RepositoryDestroyed": "repositoryDestroyed", "Extension.Installed": "extensionInstalled",
    }.get(action)


def listed(dimension, counts, names):
    values = sorted(counts, key=lambda key: (-counts[key], names[key] is None, in_order(names[key] or ""), str(key)))
    shown, others = values[: LISTED[dimension]], values[LISTED[dimension]:]
    return {"values": [[names[key], counts[key]] for key in shown], "others": {"names": len(others), "entries": sum(counts[key] for key in others)}}


def over_time(entries, facts, local):
    seconds = [second_of(entry) for entry in entries]
    first, last = min([facts["start"], *seconds]), max([facts["end"] - 1, *seconds])
    ahead = int(datetime.fromtimestamp(facts["start"], local).utcoffset().total_seconds())
    anchor = 4 * DAY - ahead
    step = next(step for step in STEPS if (last - anchor) // step - (first - anchor) // step < 200)
    slots = defaultdict(lambda: [0] * ((last - anchor) // step - (first - anchor) // step + 1))
    for entry, second in zip(entries, seconds):
        category = cut(name_of(entry.get("category")) or "(other)", 200)
        # Twelve names in order of appearance, where the service has six.
        category = category if category in slots or len(slots) < 12 else "(other)"
        slots[category][(second - anchor) // step - (first - anchor) // step] += 1
    start = EPOCH + timedelta(seconds=anchor + (first - anchor) // step * step)
    categories = sorted(slots, key=lambda name: (-sum(slots[name]), in_order(name)))
    return {"start": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "stepSeconds": step, "categories": categories, "counts": [slots[name] for name in categories]}


def read(file):
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


def counted(entries, local):
    hours = [[0] * 24 for _ in range(7)]
    counts, names = defaultdict(Counter), defaultdict(dict)
    for entry in entries:
        at = datetime.fromtimestamp(second_of(entry), local)
        hours[at.weekday()][at.hour] += 1
        mechanism = name_of(entry.get("authenticationMechanism"))
        plain = {"category": entry.get("category"), "area": entry.get("area"), "action": entry.get("actionId"), "ip": entry.get("ipAddress"), "project": entry.get("projectName"),
                 "mechanism": mechanism if mechanism is None or mechanism.startswith(" ") else mechanism.split(" ")[0]}
        for dimension, value in plain.items():
            key = None if name_of(value) is None else cut(value, 200)
            counts[dimension][key] += 1
            names[dimension][key] = key
        actor = actor_of(entry)
        key = actor and (cut(actor[1], 200), actor[0])
        counts["actor"][key] += 1
        names["actor"].setdefault(key, actor and cut(actor[2], 200))
    return hours, counts, names


def main():
    facts = json.loads(sys.argv[2])
    local = zone(facts["timeZone"])
    everything = read(sys.argv[1])
    entries = [entry for entry in everything if not is_own(entry, facts)]
    hours, counts, names = counted(entries, local)
    notable = defaultdict(list)
    for entry in entries:
        notable[rule_of(entry)].append(entry["id"])
    print(json.dumps({
        "counts": {"entries": len(everything), "late": sum(second_of(entry) < facts["start"] for entry in everything), "own": len(everything) - len(entries)},
        "overTime": over_time(entries, facts, local),
        "weekdayHours": hours,
        "dimensions": {dimension: listed(dimension, counts[dimension], names[dimension]) for dimension in LISTED},
        "notable": {rule: {"entries": len(ids), "shown": ids[:20]} for rule, ids in notable.items() if rule},
        "ids": [entry["id"] for entry in everything],
    }))


if __name__ == "__main__":
    main()
