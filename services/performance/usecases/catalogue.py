def published_spans(work):
    return []


def rules_of(work, in_force):
    return []
