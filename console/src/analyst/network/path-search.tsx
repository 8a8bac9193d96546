import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from '../../components/clean-text.ts'
import { Field } from '../../components/field.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { findPath, type Network } from './network-graph.ts'

/** Finds how the person is connected with another one, in what is shown. */
export function PathSearch({ network, start }: { readonly network: Network; readonly start: string }) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const persons = [...network.nodes.values()]
    .filter(({ kind, id }) => kind === 'person' && id !== start)
    .sort((left, right) => (left.name ?? left.id).localeCompare(right.name ?? right.id))
  const path = to === '' ? null : findPath(network, start, to)
  const steps = path?.map((id) => network.nodes.get(id)?.name ?? id).join(' → ')
  return (
    <div className="form">
      <Field label={t('network.path')}>
        {(attributes) => (
          <select {...attributes} value={to} onChange={({ target }) => setTo(target.value)}>
            <option value="">{t('common.none')}</option>
            {persons.map(({ id, name }) => (
              <option key={id} value={id}>
                {cleanText(name === null ? id : `${name} (${id})`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {to !== '' && (
        <p role="status">
          {path === null ? (
            t('network.pathNone')
          ) : (
            <ShownText text={t('network.pathFound', { count: path.length - 1, steps })} />
          )}
        </p>
      )}
    </div>
  )
}
