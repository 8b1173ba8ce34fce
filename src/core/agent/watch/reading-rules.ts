import { coversAddress } from '../../targets/target-range.ts'
import type { ReadingRule } from '../agent-options.ts'

/** The first rule that fits; `model` is null for a printer that is not known yet. */
export function ruleFor(
  rules: readonly ReadingRule[],
  { address, model }: { address: string; model: string | null },
): ReadingRule {
  const fits = ({ ranges, models }: ReadingRule) =>
    (ranges?.some((range) => coversAddress(range, address)) ?? true) &&
    (models?.some((beginning) => model?.toLowerCase().startsWith(beginning.toLowerCase())) ?? true)
  const rule = rules.find(fits) ?? rules.at(-1)
  if (!rule) throw new Error('there is no rule of reading')
  return rule
}
