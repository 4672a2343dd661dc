// How a plan's page looks beside what all pages have.
export const stageStyle = `
:root { --lock: #7a3f8f; --safe: #1a6b3c; --caution: #2f6690; --breaking: #a3231f; --rows: #8a5a00; --on: #fff; --arrow: #8b887f; }
@media (prefers-color-scheme: dark) { :root { --lock: #c79ad8; --safe: #6cc48d; --caution: #8fbadf; --breaking: #f08a80; --rows: #e0b25a; --on: #17181a; --arrow: #77756e; } }
body { max-width: 118rem; }
main > section, header > * { max-width: 74rem; } main > section:first-child { max-width: none; }
.destructive-breaking { --tone: var(--breaking); } .data-migration { --tone: var(--rows); } .lock-heavy { --tone: var(--lock); } .caution { --tone: var(--caution); } .safe-additive { --tone: var(--safe); }
[hidden] { display: none !important; }
.tools { display: flex; flex-wrap: wrap; gap: 0.5rem 1.2rem; align-items: center; margin-bottom: 0.6rem; font-size: 0.87rem; }
.tools input[type='search'] { font: inherit; width: 15rem; padding: 0.25rem 0.5rem; color: inherit; background: var(--paper); border: 1px solid var(--soft); }
.tools output { min-width: 4.5rem; color: var(--soft); } .tools .zoom { margin-left: auto; display: flex; gap: 0.3rem; }
.tools button, .chosen button { font: inherit; min-width: 2rem; padding: 0.15rem 0.55rem; color: inherit; background: var(--faint); border: 1px solid var(--soft); cursor: pointer; }
.toggle::after { content: ''; display: inline-block; width: 1.6rem; margin-left: 0.45rem; vertical-align: middle; border-top: 2px solid var(--caution); }
.toggle.chain::after { border-top: 2px dashed var(--arrow); } .toggle.inversion::after { border-top-color: var(--breaking); }
.board { display: flex; border: 1px solid var(--line); background: var(--ground); }
.board svg { flex: 1; min-width: 0; width: 100%; height: min(46rem, 78vh, max(15rem, calc(var(--tall) * 1.25))); touch-action: pan-y; }
.board.live svg { cursor: grab; } .board.live.drawn svg { cursor: grabbing; }
.board text { font: 11.5px system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; fill: var(--ink); }
.lane rect { fill: var(--paper); stroke: var(--line); } .lane .name { font-size: 16px; font-weight: 650; } .lane .about { font-size: 12px; fill: var(--soft); }
.lines path { fill: none; stroke-width: 1.3; }
.lines .objects { stroke: var(--caution); opacity: 0.6; } .lines .chain { stroke: var(--arrow); stroke-dasharray: 4 4; opacity: 0.75; } .lines .inversion { stroke: var(--breaking); stroke-width: 1.8; opacity: 0.85; }
marker.objects path { fill: var(--caution); } marker.chain path { fill: var(--arrow); } marker.inversion path { fill: var(--breaking); }
.crowded .lines .objects { opacity: 0.2; } .crowded .lines .chain { opacity: 0.16; } .crowded .lines .inversion { opacity: 0.3; }
.crowded .lines path:not(.bound) { marker-end: none; }
.lines path.off { display: none; }
.box .body { fill: var(--paper); stroke: var(--tone); stroke-width: 1.2; } .box.unsure .body { stroke-dasharray: 5 3; } .box .tone { fill: var(--tone); }
.box .letter { fill: var(--on); font-weight: 700; text-anchor: middle; } .box .id { font: 600 12px ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
.box .title { fill: var(--soft); } .box .marks { text-anchor: end; fill: var(--tone); font-weight: 700; }
.box:focus { outline: none; } .box:focus-visible .body, .box.here .body { stroke: var(--ink); stroke-width: 3; }
.finding-some .box:not(.found) > :not(.body), .choosing .box:not(.near) > :not(.body) { opacity: 0.25; } .finding-some .box:not(.found) .body, .choosing .box:not(.near) .body { stroke-opacity: 0.3; }
.graph.choosing .lines path { opacity: 0.06; } .graph.choosing .lines path:not(.bound) { marker-end: none; }
.graph.choosing .lines path.bound { opacity: 1; stroke-width: 2.2; }
.chosen { flex: 0 0 24rem; max-height: min(46rem, 78vh); overflow: auto; padding: 1rem 1.2rem; background: var(--paper); border-left: 1px solid var(--line); }
.chosen .migration { margin: 0; padding: 0; border: 0; } .chosen .close { float: right; }
.legend { margin-top: 0.5rem; font-size: 0.83rem; color: var(--soft); } .legend span { margin-left: 0.9rem; }
.legend b { display: inline-block; width: 1.2rem; margin-left: 0.7rem; text-align: center; color: var(--on); background: var(--tone); print-color-adjust: exact; -webkit-print-color-adjust: exact; } .legend b:first-child { margin-left: 0; }
kbd { padding: 0 0.3em; border: 1px solid var(--line); background: var(--faint); }
.class { font-weight: 650; color: var(--tone); white-space: nowrap; }
.migration { margin-top: 1.1rem; padding: 0 0 0 0.9rem; border-left: 4px solid var(--tone); break-inside: avoid; overflow-wrap: anywhere; } .migration h3 { margin: 0; }
.migration:target { background: var(--faint); } .migration ul { margin: 0.3rem 0 0; padding-left: 1.1rem; font-size: 0.9rem; } .migration p { font-size: 0.9rem; } .migration .ends { font-size: 0.87rem; color: var(--soft); }
.phase tbody th, #order ~ .wide tbody th { min-width: 9rem; } .phase .terms { margin: 0.5rem 0 0.9rem; }
@media (max-width: 60rem) { .board { flex-direction: column; } .chosen { flex: none; border-left: 0; border-top: 1px solid var(--line); } }
@media print { .tools, .keys { display: none; } .board svg { height: auto; max-height: 24cm; } }
`
