/** The frame of every page: one document that loads nothing, with its style and script in it. */
import { Html, html, type Fragment } from './html';
import { SHAPE_DEFINITIONS } from './marks';
import script from './page.client.js';
import style from './page.css';

/** What a page runs and is styled by, exactly as it stands in each: what a policy has to allow by their hashes. */
export const PAGE_STYLE: string = style.trim();
export const PAGE_SCRIPT: string = script.trim();

/** @param title text */
export function renderDocument(title: string, body: Fragment): string {
  // Between these tags text is not escaped: neither file holds their ends.
  const head = new Html(`<style>${PAGE_STYLE}</style>`);
  const foot = new Html(`<script>${PAGE_SCRIPT}</script>`);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
${head}
</head>
<body>
${SHAPE_DEFINITIONS}
${body}
${foot}
</body>
</html>
`.markup;
}
