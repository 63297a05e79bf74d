/** The style sheet of all pages: light and dark mode, narrow and wide screens, print. */
import { customProperties } from './plots/palette.js';

export const PAGE_STYLE = `
:root{color-scheme:light dark;${customProperties('light')}}
@media (prefers-color-scheme:dark){:root{${customProperties('dark')}}}
@media print{:root{color-scheme:light;${customProperties('light')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 20px}
header{padding-top:28px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:36px 0 12px;padding-top:14px;border-top:1px solid var(--line);overflow-wrap:anywhere}
h3{font-size:16px;margin:22px 0 8px;overflow-wrap:anywhere}
p{margin:6px 0 10px;max-width:75ch;overflow-wrap:anywhere}
.muted,footer,figcaption{color:var(--muted)}
a{color:var(--link)}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:10px 12px;margin:8px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:28px 32px;align-items:start}
figure{margin:0;min-width:0}
figure>svg{display:block;width:100%;max-width:640px;height:auto;overflow:visible}
figcaption{font-size:13px;display:flex;gap:16px;justify-content:space-between;align-items:baseline;max-width:640px}
figcaption a{white-space:nowrap}
.scroll{overflow-x:auto;margin:8px 0 14px}
.figures+.scroll{margin-top:26px}
.scroll+.figures{margin-top:22px}
table{border-collapse:collapse;font-size:13.5px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--muted);padding:2px 0 6px;position:sticky;left:0;max-width:min(75ch,calc(100vw - 56px))}
th,td{padding:4px 14px 4px 0;text-align:right;white-space:nowrap;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:break-word}
th:first-child,td:first-child,.words td,.words th{text-align:left}
thead th{white-space:nowrap;vertical-align:bottom}
.words td{max-width:420px}
.words tbody th{min-width:15em}
tbody th{font-weight:500;white-space:normal;overflow-wrap:anywhere;min-width:7em;max-width:20em}
.words td,.words th{white-space:normal;overflow-wrap:anywhere;min-width:90px}
.words thead th{overflow-wrap:normal}
.word{display:inline-block;max-width:100%}
tr.differs>*{background:var(--panel);font-weight:600}
details{margin:10px 0}
summary{cursor:pointer;color:var(--link)}
ul{padding-left:20px;margin:6px 0}
.contents{columns:280px;list-style:none;padding:0;margin:18px 0}
.note{border-left:3px solid var(--series-1);padding:2px 0 2px 12px;margin:10px 0}
footer{font-size:13px;padding-top:24px;padding-bottom:32px}
@media (max-width:600px){.words tbody th{min-width:8em}}
@media print{body{font-size:11pt}figure,tr{break-inside:avoid}h2,h3{break-after:avoid}figcaption a{display:none}.figures:not(:has(table)){grid-template-columns:1fr 1fr;gap:18px 24px}table{font-size:9.5px}th,td{padding-right:8px}thead th{white-space:normal}.scroll{overflow:visible}}
`;
