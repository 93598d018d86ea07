package io.github.dsrl4j.dsrl.report;

/** How a report looks: one style sheet, for light and dark, for wide and narrow. */
final class Style {
    static final String SHEET = """
            :root {
              color-scheme: light dark;
              --paper: #fbfaf7; --card: #ffffff; --ink: #1c1e22; --muted: #6a6e78; --rule: #e3dfd6;
              --series0: #c0671b; --series1: #2a5bd7; --series2: #7a45b0; --series3: #1d8a6f;
            }
            @media (prefers-color-scheme: dark) {
              :root {
                --paper: #14161a; --card: #1c1f25; --ink: #e9e6df; --muted: #9a9faa; --rule: #30343c;
                --series0: #eb9a4d; --series1: #7ba3ff; --series2: #c098ec; --series3: #55c7a8;
              }
            }
            * { box-sizing: border-box; }
            body {
              margin: 0; background: var(--paper); color: var(--ink);
              font: 1rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
            }
            main { max-width: 72rem; margin: 0 auto; padding: clamp(1.5rem, 5vw, 4rem) clamp(1rem, 4vw, 2.5rem) 4rem; }
            h1, h2 {
              font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", "P052", Georgia, "Liberation Serif", serif;
              font-weight: 600; line-height: 1.15; text-wrap: balance; margin: 0;
            }
            h1 { font-size: clamp(2rem, 5.2vw, 3.4rem); letter-spacing: -.015em; max-width: 22ch; }
            h2 { font-size: 1.7rem; margin-top: 3.5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); }
            h3 { font-size: 1rem; margin: 0; }
            p { max-width: 66ch; margin: .75rem 0; text-wrap: pretty; }
            .kicker { color: var(--muted); font-size: .8rem; letter-spacing: .12em; text-transform: uppercase; margin: 0 0 .75rem; }
            .lead { font-size: 1.2rem; line-height: 1.5; margin: 1.25rem 0 0; }
            .remark, figcaption span, .legend span, .tile span { color: var(--muted); }
            .remark { margin: .1rem 0 .4rem; font-size: .9rem; }
            .tiles { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 40vw), 1fr)); margin: 2rem 0 0; }
            .tile { background: var(--card); border: 1px solid var(--rule); border-radius: .75rem; padding: 1rem 1.2rem; }
            .tile b {
              display: block; font-size: clamp(1.4rem, 5vw, 2rem); line-height: 1.25; white-space: nowrap; letter-spacing: -.02em; font-variant-numeric: tabular-nums;
            }
            .tile span { display: block; font-size: .85rem; line-height: 1.35; }
            .tile.series0 b { color: var(--series0); } .tile.series1 b { color: var(--series1); }
            .example { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(13rem, 40vw), 1fr)); margin: 1.25rem 0; }
            figure { margin: 0; }
            figure img { display: block; width: 100%; height: auto; border-radius: .4rem; background: var(--rule); }
            img.pixels { image-rendering: pixelated; }
            .layers { position: relative; }
            .layers img + img { position: absolute; inset: 0; height: 100%; transition: opacity .25s; }
            .layers:hover img + img { opacity: .3; }
            figcaption { font-size: .85rem; line-height: 1.35; margin-top: .4rem; }
            .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .35rem 1.4rem; padding: 0; margin: 1rem 0 0; font-size: .9rem; }
            .legend i, .key i {
              display: inline-block; width: .85em; height: .85em; border-radius: .2em; margin-right: .45em; vertical-align: -.05em;
              box-shadow: inset 0 0 0 1px rgb(128 128 128 / .35);
            }
            .legend .none { background: #000; }
            .charts { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); margin-top: 1.25rem; }
            .chart { background: var(--card); border: 1px solid var(--rule); border-radius: .75rem; padding: 1rem 1.2rem .6rem; min-width: 0; }
            .chart.wide { margin-top: 1.25rem; }
            .key { margin: 0 0 .4rem; font-size: .85rem; display: flex; flex-wrap: wrap; gap: 0 1.2rem; }
            svg { display: block; width: 100%; height: auto; }
            svg text { fill: var(--ink); font-size: 13px; }
            svg .tick { fill: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; }
            svg .value { font-size: 11px; fill: var(--muted); font-variant-numeric: tabular-nums; }
            svg .grid { stroke: var(--rule); stroke-width: 1; }
            svg .swatch { stroke: rgb(128 128 128 / .35); }
            svg path { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
            .stroke0 { stroke: var(--series0); } .stroke1 { stroke: var(--series1); }
            .stroke2 { stroke: var(--series2); } .stroke3 { stroke: var(--series3); }
            .fill0 { fill: var(--series0); background: var(--series0); } .fill1 { fill: var(--series1); background: var(--series1); }
            .fill2 { fill: var(--series2); background: var(--series2); } .fill3 { fill: var(--series3); background: var(--series3); }
            .scroll { overflow-x: auto; margin-top: 1rem; }
            table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; min-width: min(100%, 34rem); }
            th, td { text-align: right; padding: .4rem 1.5rem .4rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
            th:first-child { text-align: left; font-weight: 400; color: var(--muted); }
            thead th { font-weight: 600; }
            .facts td { text-align: left; overflow-wrap: anywhere; }
            details { margin-top: 1rem; } summary { cursor: pointer; color: var(--muted); }
            code, pre { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, "Liberation Mono", monospace; font-size: .85rem; }
            pre { background: var(--card); border: 1px solid var(--rule); border-radius: .5rem; padding: .8rem 1rem; overflow-x: auto; }
            footer { margin-top: 3.5rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .85rem; }
            @media print { .tile, .chart, .example { break-inside: avoid; } main { padding: 0; } }
            """;

    private Style() {}
}
