// A mail as the lines that go over the wire (RFC 5322, 2045, 2047): no text of ours can end a header or begin another.

export interface Mail {
  /** The same each time that it is sent again: mailboxes show it once. */
  readonly id: string
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  /** Milliseconds. */
  readonly at: number
}

/** Lines end with CRLF; a dot that begins one is not doubled yet. `eightBit`: the server takes UTF-8 as it is. */
export function wireText(mail: Mail, eightBit: boolean): string {
  const body = mail.text.toWellFormed().replace(/\r\n?|\n/g, '\r\n')
  // RFC 5322 allows 998 bytes a line
  const asItIs = isAscii(body) || eightBit ? body.split('\r\n').every((l) => Buffer.byteLength(l) <= 998) : false
  const encoding = !asItIs ? 'base64' : isAscii(body) ? '7bit' : '8bit'
  return [
    `Date: ${dated(mail.at)}`,
    `Message-ID: <${mail.id}@${mail.from.slice(mail.from.lastIndexOf('@') + 1)}>`,
    `From: Godwit <${mail.from}>`,
    folded('To: ', mail.to, ', '),
    folded('Subject: ', encoded(mail.subject), ' '),
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    encoding === 'base64' ? base64Lines(body) : body,
  ].join('\r\n')
}

const isAscii = (text: string): boolean => /^[\t\r\n\x20-\x7e]*$/.test(text)

const base64Lines = (text: string): string =>
  Buffer.from(text)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n')

/** `Sat, 21 Nov 2026 09:14:03 +0000` */
const dated = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')

/** Words of a header: as they are where they are plain, else as RFC 2047 has them, each whole in its characters and at most 75 long. */
export function encoded(text: string): string[] {
  const oneLine = text
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim()
  // what looks like an encoded word would be read as one
  if (/^[\x20-\x7e]*$/.test(oneLine) && !oneLine.includes('=?') && oneLine.split(' ').every((w) => w.length < 70)) return oneLine.split(' ')
  const words: string[] = []
  let piece = ''
  for (const c of oneLine) {
    if (Buffer.byteLength(piece + c) > 42) {
      words.push(piece)
      piece = ''
    }
    piece += c
  }
  return [...words, piece].map((w) => `=?UTF-8?B?${Buffer.from(w).toString('base64')}?=`)
}

/** Header lines of at most 78 characters, broken between words. */
function folded(name: string, words: readonly string[], between: string): string {
  const lines: string[] = []
  let line = name
  for (const [i, word] of words.entries()) {
    const piece = i === words.length - 1 ? word : `${word}${between}`
    if (line.length + piece.trimEnd().length > 78 && line.trim() !== name.trim()) {
      lines.push(line.trimEnd())
      line = ' '
    }
    line += piece
  }
  return [...lines, line.trimEnd()].join('\r\n')
}
