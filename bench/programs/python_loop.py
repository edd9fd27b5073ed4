"""The loop that people write in Python: requests (or urllib where that is missing), collect, json.dump."""
import json
import os
import resource
import time
import urllib.parse

job = json.loads(os.environ["BENCH_JOB"])
headers = {"Authorization": "Bearer " + job["token"]}
base = "https://auditservice.dev.azure.com/%s/_apis/audit/auditlog?" % job["organization"]

try:
    import requests

    session = requests.Session()
    proxies = {"https": job["proxyUrl"]}

    def get(url):
        # With each request: what stands in the environment goes before what the session has.
        response = session.get(url, headers=headers, proxies=proxies, verify=job["caFile"])
        response.raise_for_status()
        return response.json()
except ImportError:
    import ssl
    import urllib.request

    context = ssl.create_default_context(cafile=job["caFile"])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"https": job["proxyUrl"]}), urllib.request.HTTPSHandler(context=context))

    def get(url):
        with opener.open(urllib.request.Request(url, headers=headers)) as response:
            return json.load(response)


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


query = {"startTime": instant(job["start"]), "endTime": instant(job["end"]), "batchSize": job["batchSize"], "skipAggregation": "true", "api-version": "7.1-preview.1"}
entries, pages = [], 0
while True:
    page = get(base + urllib.parse.urlencode(query))
    pages += 1
    entries.extend(page["decoratedAuditLogEntries"])
    if not page["hasMore"]:
        break
    query["continuationToken"] = page["continuationToken"]
with open(os.path.join(job["folder"], "audit-log.json"), "w") as file:
    json.dump(entries, file)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"entries": len(entries), "requests": pages, "waitedMs": 0, "cpuMs": (used.ru_utime + used.ru_stime) * 1000, "peakBytes": used.ru_maxrss * 1024}))
