"""The command `congvan`: `./congvan COMMAND` at the root of the clone."""

import importlib

import click

COMMANDS = {
    "up": "congvan.commands.up:up",
    "down": "congvan.commands.down:down",
    "status": "congvan.commands.status:status",
    "logs": "congvan.commands.logs:logs",
    "test": "congvan.commands.test:test",
    "demo": "congvan.commands.demo:demo",
    "upload": "congvan.commands.upload:upload",
    "screenshots": "congvan.commands.screenshots:screenshots",
    "bench": "congvan.commands.bench:bench",
    "parked": "congvan.commands.parked:parked",
    "media": "congvan.commands.media:media",
    "notify": "congvan.commands.notify:notify",
    "reporting": "congvan.commands.reporting:reporting",
    "city": "congvan.commands.city:city",
    "audit": "congvan.commands.audit:audit",
    "province": "congvan.commands.province:province",
    "directives": "congvan.commands.directives:directives",
}
"""Every command and where it is; a command is imported when it is asked for."""


class Lazy(click.Group):
    """A group that imports only the command that runs (all of them for `--help`)."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Công văn đi xuống, báo cáo đi lên. / Directives go down, answers come up.

    \b
    ./congvan up        dựng và chạy mọi thứ / set up and start everything
    ./congvan test      chạy mọi kiểm thử / run every test
    ./congvan COMMAND --help
    """


if __name__ == "__main__":
    main(prog_name="./congvan")
