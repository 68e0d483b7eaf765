"""Wenju in other people's programs: its own HTTP interface, the shape of OpenAI's, and MCP."""
