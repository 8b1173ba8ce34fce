import stringWidth from 'string-width'

/** Pixels of one character cell. */
const CELL = { width: 8.4, height: 18 }
const EDGE = 12
const FONT = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace'
const PAPER = '#16181d'
const INK = '#d6d9de'
/** The sixteen colours that a terminal names. */
const COLORS = [
  ...['#16181d', '#f05d5e', '#7bc275', '#e6b450', '#6fa8dc', '#c792ea', '#5fc9c4', '#d6d9de'],
  ...['#6b7280', '#ff7b7b', '#9be493', '#ffd580', '#93c5fd', '#ddb6ff', '#8be9e4', '#ffffff'],
] as const
/** Select Graphic Rendition, ECMA-48 8.3.117: the one sequence that a captured screen holds. */
const SGR = /\u001b\[([\d;]*)m/g

interface Style {
  readonly color: string | null
  readonly background: string | null
  readonly isBold: boolean
  readonly isDim: boolean
  readonly isInverse: boolean
}

const PLAIN: Style = { color: null, background: null, isBold: false, isDim: false, isInverse: false }

/**
 * A picture of a screen, as SVG.
 *
 * @param screen lines with their colours, as `tmux capture-pane -e` gives them
 * @param columns width of the terminal
 * @param title what it shows, for who cannot see it
 */
export function drawScreen(screen: string, columns: number, title: string): string {
  const lines = screen.replace(/\n+$/, '').split('\n')
  let style = PLAIN
  const drawn = lines.map((line, row) => {
    const { markup, end } = drawLine(line, row, style)
    style = end
    return markup
  })
  const width = Math.ceil(columns * CELL.width + 2 * EDGE)
  const height = Math.ceil(lines.length * CELL.height + 2 * EDGE)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>`,
    `<g font-family="${FONT}" font-size="14" fill="${INK}" xml:space="preserve">`,
    ...drawn.filter((line) => line !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

function drawLine(line: string, row: number, before: Style): { markup: string; end: Style } {
  let style = before
  let column = 0
  let at = 0
  const parts: string[] = []
  const put = (text: string) => {
    const cells = stringWidth(text)
    if (text.trim() !== '' || style.isInverse || style.background !== null) {
      parts.push(drawText(text, column, row, cells, style))
    }
    column += cells
  }
  for (const match of line.matchAll(SGR)) {
    if (match.index > at) put(line.slice(at, match.index))
    at = match.index + match[0].length
    style = applyCodes(style, match[1] ?? '')
  }
  if (at < line.length) put(line.slice(at))
  return { markup: parts.join('\n'), end: style }
}

function drawText(text: string, column: number, row: number, cells: number, style: Style): string {
  const x = (EDGE + column * CELL.width).toFixed(1)
  const top = EDGE + row * CELL.height
  const width = (cells * CELL.width).toFixed(1)
  const color = style.isInverse ? (style.background ?? PAPER) : style.color
  const background = style.isInverse ? (style.color ?? INK) : style.background
  const paper =
    background && `<rect x="${x}" y="${top}" width="${width}" height="${CELL.height}" fill="${background}"/>`
  const attributes = [
    `x="${x}" y="${(top + CELL.height * 0.75).toFixed(1)}" textLength="${width}"`,
    color && `fill="${color}"`,
    style.isBold && 'font-weight="bold"',
    style.isDim && 'opacity="0.6"',
  ]
  return `${paper ?? ''}<text ${attributes.filter(Boolean).join(' ')}>${escapeMarkup(text)}</text>`
}

function applyCodes(before: Style, codes: string): Style {
  let style = before
  const numbers = codes.split(';').map(Number)
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i] as number
    if (code === 0) style = PLAIN
    else if (code === 1) style = { ...style, isBold: true }
    else if (code === 2) style = { ...style, isDim: true }
    else if (code === 7) style = { ...style, isInverse: true }
    else if (code === 22) style = { ...style, isBold: false, isDim: false }
    else if (code === 27) style = { ...style, isInverse: false }
    else if (code === 38 || code === 48) {
      const color = readColor(numbers.slice(i + 1))
      style = code === 38 ? { ...style, color } : { ...style, background: color }
      i += numbers[i + 1] === 5 ? 2 : 4
    } else if (code >= 30 && code <= 37) style = { ...style, color: COLORS[code - 30] as string }
    else if (code >= 90 && code <= 97) style = { ...style, color: COLORS[code - 82] as string }
    else if (code >= 40 && code <= 47) style = { ...style, background: COLORS[code - 40] as string }
    else if (code >= 100 && code <= 107) style = { ...style, background: COLORS[code - 92] as string }
    else if (code === 39) style = { ...style, color: null }
    else if (code === 49) style = { ...style, background: null }
  }
  return style
}

/** 5;N of the palette of 256, or 2;R;G;B. */
function readColor([kind, ...rest]: readonly number[]): string | null {
  if (kind === 2) return `rgb(${rest.slice(0, 3).join(',')})`
  const [index = 0] = rest
  if (index < 16) return COLORS[index] ?? null
  if (index >= 232)
    return `rgb(${Array(3)
      .fill(8 + (index - 232) * 10)
      .join(',')})`
  const level = (value: number) => (value === 0 ? 0 : 55 + value * 40)
  const cube = index - 16
  return `rgb(${[Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(level).join(',')})`
}

const escapeMarkup = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
