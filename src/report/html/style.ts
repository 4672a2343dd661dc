// How the HTML report looks: on a light screen, on a dark one, on paper. No fonts, images or scripts from anywhere.
export const style = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ground: #f3f2ee; --ink: #1d1c1a; --soft: #5d5a54; --line: #dcd9d1; --faint: #f7f6f3;
  --passed: #1a6b3c; --failed: #a3231f; --unsure: #8a5a00; --undone: #3b5680;
  --migrated: #2c7a4b; --quarantined: #c98a1b; --filtered: #9b978d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1b1c1e; --ground: #111213; --ink: #e8e6e1; --soft: #a5a199; --line: #37383b; --faint: #232427;
    --passed: #6cc48d; --failed: #f08a80; --unsure: #e0b25a; --undone: #9ab6e0;
    --migrated: #4f9f6e; --quarantined: #d7a244; --filtered: #77746d;
  }
}
* { box-sizing: border-box; }
html { background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 2rem auto; max-width: 62rem; padding: 3rem 3.5rem 2.5rem; background: var(--paper); border: 1px solid var(--line); }
h1, h2, h3, p, dl, dd, figure { margin: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.75rem 0 0.75rem; padding-top: 0.9rem; border-top: 1px solid var(--line); display: flex; gap: 0.7rem; align-items: baseline; }
h2 small { font-size: 0.85rem; font-weight: 400; color: var(--soft); margin-left: auto; text-align: right; }
h3 { font-size: 0.95rem; margin: 1.4rem 0 0.5rem; overflow-wrap: anywhere; }
h3 small { font-weight: 400; color: var(--soft); margin-left: 0.4rem; }
p + p { margin-top: 0.4rem; }
a { color: inherit; }
code, kbd { font: 0.87em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
.kind { text-transform: uppercase; letter-spacing: 0.12em; font-size: 0.72rem; color: var(--soft); margin-bottom: 0.35rem; }
.soft { color: var(--soft); }
.number, td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }

.verdict { display: grid; grid-template-columns: auto 1fr; gap: 0.2rem 1.1rem; margin: 1.6rem 0 0; padding: 1.2rem 1.4rem; border: 1px solid currentColor; border-left-width: 6px; background: var(--faint); }
.verdict .sign { width: 2.6rem; height: 2.6rem; grid-row: span 2; align-self: start; }
.verdict .word { font-size: 1.35rem; font-weight: 650; line-height: 2.6rem; }
.verdict .why { grid-column: 2; color: var(--ink); }
.verdict .next { margin-top: 0.6rem; color: var(--soft); }
.passed { color: var(--passed); } .failed { color: var(--failed); } .not-verified, .not-finished { color: var(--unsure); } .undone { color: var(--undone); }

.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11.5rem, 1fr)); gap: 0.9rem 1.6rem; margin-top: 1.5rem; }
.facts dt { font-size: 0.78rem; color: var(--soft); }
.facts dd { overflow-wrap: anywhere; font-size: 0.93rem; font-variant-numeric: tabular-nums; }
.facts dd + dd { color: var(--soft); font-size: 0.87rem; }

.note-of { display: block; color: var(--soft); font-size: 0.85rem; overflow-wrap: anywhere; }
table + p.soft { margin-top: 0.8rem; font-size: 0.87rem; }
.note { margin-top: 1.2rem; padding-left: 0.8rem; border-left: 3px solid var(--unsure); }
nav { margin-top: 1.5rem; font-size: 0.87rem; color: var(--soft); } nav a { margin-right: 0.9rem; }

.equation { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.35rem 0.9rem; margin: 0.3rem 0 0.8rem; font-variant-numeric: tabular-nums; }
.equation b { font-size: 1.5rem; font-weight: 600; }
.equation span span { display: block; font-size: 0.8rem; color: var(--soft); }
.equation .sign { font-size: 1.3rem; color: var(--soft); }
.equation .close { margin-left: auto; font-weight: 600; }
.bar { display: flex; gap: 1px; height: 0.7rem; margin-bottom: 1rem; background: var(--line); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar i { min-width: 3px; }
.bar .m { background: var(--migrated); } .bar .q { background: var(--quarantined); } .bar .f { background: var(--filtered); } .bar .r { background: none; }
.bar + p { margin-bottom: 0.6rem; } .bar ~ p { font-size: 0.9rem; }
.key::before { content: ''; display: inline-block; width: 0.65em; height: 0.65em; margin-right: 0.35em; background: var(--tone); print-color-adjust: exact; -webkit-print-color-adjust: exact; }

.wide { overflow-x: auto; }
.wide + .wide { margin-top: 1.4rem; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: left; color: var(--soft); font-size: 0.85rem; padding: 0.4rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.38rem 0.9rem 0.38rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td:last-child, th:last-child { padding-right: 0; }
thead th { font-size: 0.78rem; font-weight: 600; color: var(--soft); white-space: nowrap; border-bottom-color: var(--soft); }
tbody th { font-weight: 500; }
tbody tr.group th { padding-top: 0.9rem; font-weight: 600; border-bottom-color: var(--soft); }
td.answer { white-space: nowrap; font-weight: 600; }
td.answer.passed { font-weight: 500; }
.short { white-space: nowrap; }
.left-out { color: var(--soft); font-style: italic; }
.sample { margin: 0.3rem 0 0; padding-left: 0.8rem; border-left: 2px solid currentColor; color: var(--soft); font-size: 0.85rem; list-style: none; }
.finding { margin: 1.1rem 0 0; padding-left: 0.9rem; border-left: 3px solid var(--filtered); break-inside: avoid; }
.finding.error { border-left-color: var(--failed); } .finding.warning { border-left-color: var(--quarantined); }
.finding h3 { margin: 0; } .fix { font-size: 0.9rem; margin-top: 0.3rem; }
.finding .sample { border-left: 0; padding-left: 0; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
details { margin-top: 0.35rem; font-size: 0.85rem; color: var(--soft); }
pre { margin: 0.3rem 0 0; padding: 0.5rem 0.7rem; background: var(--faint); white-space: pre-wrap; max-height: 16rem; overflow: auto; }
.time { display: inline-block; height: 0.55rem; min-width: 2px; background: var(--soft); vertical-align: middle; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.terms { display: grid; grid-template-columns: 9rem 1fr; gap: 0.35rem 1.2rem; font-size: 0.9rem; }
.terms dt { font-weight: 600; }
footer { margin-top: 3rem; padding-top: 0.9rem; border-top: 1px solid var(--line); font-size: 0.8rem; color: var(--soft); }

@media (max-width: 44rem) { body { margin: 0; padding: 1.4rem 1.1rem; border: 0; } .terms { grid-template-columns: 1fr; } h2 { flex-wrap: wrap; } h2 small { margin-left: 0; text-align: left; } }
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --soft: #444; --line: #bbb; --faint: #fff; --passed: #1a6b3c; --failed: #a3231f; --unsure: #8a5a00; --undone: #3b5680; --migrated: #2c7a4b; --quarantined: #c98a1b; --filtered: #9b978d; }
  html { font-size: 10pt; }
  body { margin: 0; padding: 0; border: 0; max-width: none; }
  h2, h3 { break-after: avoid; }
  nav { display: none; }
  tr, .verdict, .facts, .equation, .bar { break-inside: avoid; }
  thead { display: table-header-group; }
  .wide { overflow: visible; }
  @page { size: A4; margin: 18mm 16mm; @bottom-right { content: counter(page) ' / ' counter(pages); font: 8pt system-ui, sans-serif; color: #444; } }
}
`
