"""`congvan province`: write the files of an invented province of a wanted size."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--schools", type=click.IntRange(1, 5000), default=120, show_default=True, help="THCS, TH&THCS.")
@click.option("--communes", type=click.IntRange(1, 3000), help="Số xã, phường. / Communes; by default a likely number.")
@click.option("--upper", type=click.IntRange(1, 1000), help="Số trường THPT các loại. / Upper-secondary schools.")
@click.option("--clusters", type=click.IntRange(1, 100), help="Số cụm chuyên môn. / Professional clusters.")
@click.option(
    "--seed",
    type=click.IntRange(0, 999_999),
    default=7,
    show_default=True,
    help="Cùng số thì cùng một tỉnh. / The same number gives the same province.",
)
def province(
    *, folder: Path, schools: int, communes: int | None, upper: int | None, clusters: int | None, seed: int
) -> None:
    """Tạo dữ liệu CSV của một tỉnh hư cấu. / Write the CSV files of an invented province.

    In the format of the demo province, so that `demo --data` can play the main job on it.

    \b
    Examples:
      ./congvan province /tmp/province --schools 120 --seed 7
      ./congvan demo --data /tmp/province
    """
    from congvan.bench.generated import Size, write

    likely = Size.around(schools)
    try:
        size = Size(schools, communes or likely.communes, upper or likely.upper_secondary, clusters or likely.clusters)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    write(folder, size, seed=seed)
    click.echo(
        f"Đã tạo ở / written to {folder}: {size.lower_secondary} THCS, {size.communes} xã / communes, "
        f"{size.upper_secondary} THPT, {size.clusters} cụm / clusters."
    )
