#!/usr/bin/env python3
"""Prints what Schemathesis is told of a running trust: ids that exist, so that it asks about records as often as about nothing.

Arguments: the service's address; the token of a headteacher, of a DSL and of the trust lead. Assesses a few reports into cases, adds a file
to each of the first, and brings in alerts, so that there is one of everything.
"""

import json
import sys
import urllib.error
import urllib.request
import uuid

URL, HEAD, DSL, LEAD = sys.argv[1:5]
CATEGORIES = ["policy_review", "training_need", "data_breach", "safeguarding_concern"]
# How often an id that exists is asked for; else whatever comes to Schemathesis.
OFTEN = 0.8


def send(token, path, data, kind):
    headers = {"authorization": f"Bearer {token}", "content-type": kind, "wardbook-purpose": "case_work"}
    with urllib.request.urlopen(urllib.request.Request(f"{URL}/api/v1/{path}", data, headers)) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def ask(token, path, body=None):
    return send(token, path, None if body is None else json.dumps(body).encode(), "application/json")


def upload(token, path):
    """A file of a few bytes; its id."""
    boundary = uuid.UUID(int=0).hex
    fields = [("image", "", "no"), ("given_by", "", "A colleague"), ("how", "", "On paper"), ("file", '; filename="a.txt"', "What was seen.")]
    parts = [f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"{file}\r\n\r\n{text}\r\n' for name, file, text in fields]
    body = "".join(parts) + f"--{boundary}--\r\n"
    return send(token, path, body.encode(), f"multipart/form-data; boundary={boundary}")["id"]


def ids(token, path):
    return [item["id"] for item in ask(token, path)["items"]]


reports, cases, files = [], [], []
for token in (HEAD, DSL):
    for place, report in enumerate(ids(token, "reports?limit=12")):
        reports.append(report)
        try:
            body = {"categories": [CATEGORIES[place % len(CATEGORIES)]], "reason": "As it reads.", "shared": "It is looked at."}
            assessed = ask(token, f"reports/{report}/assessment", body)["assessment"]["categories"]
            cases += [category["case"] for category in assessed if category["case"]]
        except urllib.error.HTTPError:
            pass  # the next duty's to assess, or assessed already
for case in cases[:3]:
    for token in (HEAD, DSL):
        try:
            files.append(upload(token, f"cases/{case}/evidence"))
            break
        except urllib.error.HTTPError:
            pass  # another's case
row = {"occurred_at": "2026-10-01T09:00:00Z", "school": "SCH01", "user": "SCH01-P001", "category": "weapons", "severity": "4"}
ask(LEAD, "alerts", {"source": "paper", "rows": [{**row, "alert_id": f"F{number}"} for number in range(40)]})
alerts = [alert["id"] for group in ask(DSL, "alerts")["groups"] for alert in group["alerts"]]
assert reports and cases and files and alerts, (len(reports), len(cases), len(files), len(alerts))

FOUND = {"reports": reports, "cases": cases, "files": files, "alerts": alerts, "purposes": ["case_work"]}
for name, values in FOUND.items():
    print(f"[dictionaries.{name}]\nvalues = {json.dumps(sorted(set(values)))}\n")


def of(name):
    return f'{{ dictionary = "{name}", probability = {OFTEN} }}'


PURPOSE = f'"header.Wardbook-Purpose" = {of("purposes")}'
for pattern, bound in [
    ("^/api/v1/(reports|receipts|breaches)/", f'"path.id" = {of("reports")}, "path.evidence" = {of("files")}'),
    ("^/api/v1/cases/", f'"path.id" = {of("cases")}'),
    ("^/api/v1/evidence/", f'"path.id" = {of("files")}'),
    ("^/api/v1/alerts/", f'"body.alerts[*]" = {of("alerts")}'),
    ("^/api/v1/reads", f'"query.record" = {of("reports")}'),
]:
    print(f'[[operations]]\ninclude-path-regex = "{pattern}"\nparameters = {{ {bound}, {PURPOSE} }}\n')
