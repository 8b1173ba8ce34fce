import type { TLocalizedValidationError } from 'typebox/error'
import type { FieldMistake } from '../protocol/api-error.ts'

const MAX_MISTAKES = 20

/** What does not fit, a line for each field, in the words of a person. Values are never repeated. */
export function describeMistakes(errors: readonly TLocalizedValidationError[]): FieldMistake[] {
  return errors.flatMap(describeMistake).slice(0, MAX_MISTAKES)
}

function describeMistake(error: TLocalizedValidationError): FieldMistake[] {
  const path = error.instancePath
  switch (error.keyword) {
    case 'boolean':
      return [] // a key that is not allowed is told by additionalProperties as well
    case 'required':
      return error.params.requiredProperties.map((name) => ({
        path: `${path}/${escapePointer(name)}`,
        problem: 'is missing',
      }))
    case 'additionalProperties':
      return error.params.additionalProperties
        .slice(0, MAX_MISTAKES)
        .map((name) => ({ path: `${path}/${escapePointer(String(name).slice(0, 64))}`, problem: 'is not known here' }))
    case 'enum':
      return [{ path, problem: `must be one of ${error.params.allowedValues.join(', ')}` }]
    default:
      return [{ path, problem: error.message }]
  }
}

/** RFC 6901, section 3. */
function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
