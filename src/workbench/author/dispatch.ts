/** The two lines by which main hears the rules of a domain. */
export function bodiesOf(domain: string): { readonly grants: string; readonly unmet: string } {
  return {
    grants: `_grants_of("${domain}") := [grant | grant := rules.${domain}[_].grant[_]]\n`,
    unmet: `_unmet_of("${domain}") := [requirement | requirement := rules.${domain}[_].unmet[_]]\n`,
  };
}

/** Whether main hears the rules of a domain. */
export function hears(main: string, domain: string): boolean {
  return main.includes(`rules.${domain}[_].`);
}

/** The text of main with the lines of a new domain behind those of the last one; undefined when it is not written as it is today. */
export function withDomain(main: string, domain: string): string | undefined {
  const { grants, unmet } = bodiesOf(domain);
  const heard = insertedBehindLast(main, /^_grants_of\("[^\n]*\n/gm, grants);
  return heard && insertedBehindLast(heard, /^_unmet_of\("[^\n]*\n/gm, unmet);
}

function insertedBehindLast(text: string, block: RegExp, added: string): string | undefined {
  const last = [...text.matchAll(block)].at(-1);
  if (last === undefined) return undefined;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}\n${added}${text.slice(end)}`;
}

/** The text of main's tests with an action more in the list of all actions; undefined when there is no such list. */
export function withAction(tests: string, action: string): string | undefined {
  const list = /(main\.actions == \{\n)((?:\t\t"[^"\n]+",\n)+)/.exec(tests);
  const [, start, lines] = list ?? [];
  if (list === null || start === undefined || lines === undefined) return undefined;
  const rows = [...new Set([...lines.trimEnd().split('\n'), `\t\t"${action}",`])].sort();
  return tests.slice(0, list.index) + start + rows.map((row) => `${row}\n`).join('') + tests.slice(list.index + list[0].length);
}
