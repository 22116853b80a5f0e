"""The ``http`` kind: a drafting service as it is deployed."""

from govern.pipelines.http.adapter import Http

__all__ = ["Http"]
