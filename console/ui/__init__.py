"""The Textual console: screens, widgets and styles. The only folder that knows Textual."""
