/** The table of options as Markdown, for docs/options.md. */
import {
  describeDefault,
  GROUPS,
  groupOf,
  nameOf,
  OPTION_KEYS,
  type OptionKey,
  optionOf,
} from './options.js';

/** One table for each group: option, default, meaning, commands. Hidden options are left out. */
export function optionsMarkdown(): string {
  return GROUPS.map(group => {
    const shown = OPTION_KEYS.filter(key => groupOf(key) === group && !optionOf(key).hidden);
    const rows = shown.map(rowOf);
    return [
      `## ${group}`,
      '',
      '| option | default | meaning | commands |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  }).join('\n\n');
}

function rowOf(key: OptionKey): string {
  const { kind, help, commands } = optionOf(key);
  const flag = `\`--${[nameOf(key), kind.values].join(' ').trim()}\``;
  return `| ${[flag, describeDefault(key), help, commands.join(', ')].map(escapeCell).join(' | ')} |`;
}

/** A bar would end the cell. */
function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
