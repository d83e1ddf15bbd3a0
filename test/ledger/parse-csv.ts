/** RFC 4180 word by word: the rows of a text, for tests of what we write. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, at]: [string[], string, number] = [[], '', 0];
  while (at < text.length) {
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      cell += text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else if (text[at] === ',') {
      row.push(cell);
      [cell, at] = ['', at + 1];
    } else if (text.startsWith('\r\n', at)) {
      rows.push([...row, cell]);
      [row, cell, at] = [[], '', at + 2];
    } else {
      cell += text[at];
      at += 1;
    }
  }
  return rows;
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  throw new Error('a quote is not closed');
}
