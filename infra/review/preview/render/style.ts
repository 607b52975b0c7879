/** Looks of the page: the reader's own light or dark, no font from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse}th,td{border:1px solid #8886;padding:.2em .7em;text-align:right}th:first-child,td:first-child{text-align:left}
code{background:#8882;padding:.1em .3em;border-radius:3px;white-space:pre-wrap;overflow-wrap:anywhere}
ul{margin:.3em 0;padding-left:1.4em}p{margin:.3em 0}
section,.remark{border-left:4px solid #999;padding-left:.7em;margin:.9em 0}
.danger{border-color:#d11}.caution{border-color:#d80}
.added{color:#16a34a}.removed{color:#dc2626}.changed{color:#d97706}
.origin,small{color:#888;font-size:.85em}summary{font-weight:600;cursor:pointer}`;
