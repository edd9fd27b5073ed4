"""Recomputes from an export's JSON Lines what a person sees of it in summary, report and tab, and prints it as JSON.

Arguments: audit-log.jsonl.gz, and a JSON text with what reportNumbers.py takes, and with `before`, the audit-log.jsonl.gz of the
exports before. Shares no code with the exporter.
"""
import json
import sys
from collections import Counter, defaultdict

from reportNumbers import NOBODY, actor_of, counted, cut, in_order, is_own, over_time, read, rule_of, second_of, zone

KINDS = ["person", "servicePrincipal", "service"]
# What a report shows with `counts` too.
NAMED_ANYWAY = ["category", "categoryDisplayName", "area", "actionId", "projectName", "authenticationMechanism", "scopeDisplayName", "scopeType"]
PEOPLE = ["actorDisplayName", "actorUPN", "actorUserId", "actorCUID", "actorClientId", "ipAddress", "actorImageUrl", "userAgent"]
ENTRY = ["id", "correlationId", "activityId", "details"]


def lists(entries, local):
    """All values of each dimension, most frequent first; actors by their kind. What names nobody stands with Azure DevOps itself."""
    hours, counts, names = counted(entries, local)
    values = {}
    for dimension, found in counts.items():
        ordered = sorted(found, key=lambda key: (-found[key], names[dimension][key] is None, in_order(names[dimension][key] or ""), str(key)))
        values[dimension] = [[names[dimension][key], found[key], key[1] if dimension == "actor" and key else "service"] for key in ordered]
    return hours, values


def newcomers(entries, before):
    known = {actor[1] for actor in map(actor_of, before) if actor}, {entry.get("actionId") for entry in before}
    actors, actions = Counter(), Counter()
    for entry in entries:
        actor = actor_of(entry)
        if actor and actor[1] not in known[0]:
            actors[actor[:2]] += 1
        action = entry.get("actionId")
        if isinstance(action, str) and action and action not in known[1]:
            actions[action] += 1
    return {"actors": len(actors), "actions": [cut(name, 200) for name in sorted(actions, key=lambda name: (-actions[name], in_order(name)))]}


def findings(entries):
    found = defaultdict(list)
    for entry in entries:
        actor = actor_of(entry)
        found[rule_of(entry)].append([cut(actor[2], 200) if actor else "", cut(entry.get("details") or entry.get("actionId"), 300)])
    return {rule: shown for rule, shown in found.items() if rule}


def texts(value):
    if isinstance(value, dict):
        return [text for member in value.values() for text in texts(member)]
    if isinstance(value, list):
        return [text for member in value for text in texts(member)]
    return [value] if isinstance(value, str) else []


def secrets(entries):
    """What may not remain with `counts`: all that says who, from where, and in which entry. Not what the report names anyway."""
    named = {text for entry in entries for field in NAMED_ANYWAY for text in texts(entry.get(field))}
    said = {text for entry in entries for field in PEOPLE + ENTRY for text in texts(entry.get(field))}
    said |= {text for entry in entries for text in texts(entry.get("data")) if "@" in text}
    services = {text for entry in entries if (actor_of(entry) or ("service",))[0] == "service" for text in texts(entry.get("actorDisplayName"))}
    return sorted(text for text in said - services if len(text) > 5 and text != NOBODY and not any(text in other for other in named))


def main():
    facts = json.loads(sys.argv[2])
    local = zone(facts["timeZone"])
    everything = read(sys.argv[1])
    entries, before = ([entry for entry in some if not is_own(entry, facts)] for some in (everything, [entry for file in facts["before"] for entry in read(file)]))
    hours, values = lists(entries, local)
    # The same of the entries of the most frequent action alone.
    chosen = next(name for name, *_ in values["action"] if name)
    some = [entry for entry in entries if entry.get("actionId") == chosen]
    some_hours, some_values = lists(some, local)
    print(json.dumps({
        "entries": len(everything), "own": len(everything) - len(entries), "late": sum(second_of(entry) < facts["start"] for entry in everything),
        "overTime": over_time(entries, facts, local), "hours": sum(hours, []), "lists": values, "notable": findings(entries), "firstSeen": newcomers(entries, before),
        "chosen": {"action": chosen, "entries": len(some), "hours": sum(some_hours, []), "lists": some_values},
        "secrets": secrets(everything),
    }))


main()
