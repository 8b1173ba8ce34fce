/** How printers say on their panel that they sleep, in the languages that they speak. "Standby" is none: to some it is ready. */
const ASLEEP = new RegExp(
  [
    'sleep|power.?sav(?:e|ing)|energy.?sav(?:e|ing)|low.power mode',
    'schlaf|ruhezustand|ruhemodus|energiespar',
    '(?<!\\p{L})veille(?!\\p{L})|sommeil|économie d.énergie',
    'reposo|suspensión|ahorro de energ|riposo|risparmio energ|repouso|economia de energia',
    'slaapstand|energiebesparing|uśpieni|oszczędzani\\p{L} energii|spánku|úspor\\p{L} energie',
    'dvale|strømspar|viloläge|energisparläge|lepotila|virransäästö|uyku',
    'спящ|ждущий режим|режим сна|энергосбер',
    'スリープ|省電力|省エネ|节能|節能|休眠|睡眠|省电|절전',
  ].join('|'),
  'iu',
)
/** A setting, or the way out of sleep: "Sleep timer: 15 min", "Sleep mode: off". */
const NOT_NOW = new RegExp(
  [
    'timer|time-?out|délai|delay|tiempo|temporizador|タイマー|時間|时间|定时|таймер',
    '\\d\\s?(?:min|мин|分|sec|сек|秒|h(?!\\p{L}))',
    '[:=]\\s?(?:off|aus|nein|no|non|disabled|deaktiviert|désactivé|desactivado|disattivato|オフ|关|выкл)(?!\\p{L})',
    'sleep (?:mode )?(?:off|disabled)|^(?:waking|exiting|leaving)(?!\\p{L})',
  ].join('|'),
  'iu',
)

/** True when a line of a printer's display says that it sleeps. */
export function saysAsleep(line: string): boolean {
  const text = line.normalize()
  return ASLEEP.test(text) && !NOT_NOW.test(text)
}
