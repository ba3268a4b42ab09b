"""Bytes that people bring or take: kept by content, served as what they are."""
