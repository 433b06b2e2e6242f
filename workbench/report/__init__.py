"""The incident report as Markdown, JSON and one self-contained HTML file."""
