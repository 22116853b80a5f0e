"""The function behind pipelines/my-function.yaml: replace its body with your own drafting."""


def draft(packet):
    """Return ``{"text": …, "rating": …}`` for one packet.

    ``packet`` holds name, role, level, period, goals, evidence (id, quarter, source, text)
    and the rubric's text.
    """
    facts = " ".join(item["text"] for item in packet["evidence"])
    return {"text": f"{packet['name']}, {packet['role']}. {facts}", "rating": 3}
