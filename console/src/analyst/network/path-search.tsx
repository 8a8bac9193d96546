import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isRecordId } from '../../../../contract/record-id.ts'
import { cleanText } from '../../components/clean-text.ts'
import { ShownText } from '../../components/shown-text.tsx'
import { toRecordId } from '../search/tell-form.ts'
import { countSteps, findPath, type Network } from './network-graph.ts'

/** How far a search for a path has come: it reads, it found one, there is none, or it read as many persons as it may. */
export type SeekState = 'reading' | 'found' | 'none' | 'limit'

/** A search for a path that reads further persons. */
export interface Seeking {
  readonly to: string
  readonly state: SeekState
}

/** Finds how the person is connected with another one: in what is shown, or by reading further persons from both ends. */
export function PathSearch({
  network,
  start,
  seeking,
  onSeek,
}: {
  readonly network: Network
  readonly start: string
  readonly seeking: Seeking | null
  readonly onSeek: (to: string) => void
}) {
  const { t } = useTranslation()
  const [to, setTo] = useState('')
  const persons = [...network.nodes.values()]
    .filter(({ kind, id }) => kind === 'person' && id !== start)
    .sort((left, right) => (left.name ?? left.id).localeCompare(right.name ?? right.id))
  return (
    <>
      <div className="form">
        <NativeSelect label={t('network.path')} value={to} onChange={({ target }) => setTo(target.value)}>
          <option value="">{t('common.none')}</option>
          {persons.map(({ id, name }) => (
            <option key={id} value={id}>
              {cleanText(name === null ? id : `${name} (${id})`)}
            </option>
          ))}
        </NativeSelect>
        {to !== '' && <FoundPath network={network} ends={[start, to]} otherwise={t('network.pathNone')} />}
      </div>
      <SeekForm start={start} onSeek={onSeek} />
      {seeking !== null && (
        <FoundPath network={network} ends={[start, seeking.to]} otherwise={t(`network.seek.${seeking.state}`)} />
      )}
    </>
  )
}

function FoundPath({
  network,
  ends: [from, to],
  otherwise,
}: {
  readonly network: Network
  readonly ends: readonly [string, string]
  readonly otherwise: string
}) {
  const { t } = useTranslation()
  const path = findPath(network, from, to)
  const steps = path?.map((id) => network.nodes.get(id)?.name ?? id).join(' → ')
  return (
    <p role="status">
      {path === null ? (
        otherwise
      ) : (
        <ShownText text={t('network.pathFound', { count: countSteps(network, path), steps })} />
      )}
    </p>
  )
}

/** Asks for the record of another person. */
function SeekForm({ start, onSeek }: { readonly start: string; readonly onSeek: (to: string) => void }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const id = toRecordId(text)
    const isRight = isRecordId(id) && id !== start
    setWrong(!isRight)
    if (isRight) onSeek(id)
  }
  return (
    <form onSubmit={submit} className="form" noValidate>
      <TextInput
        label={t('network.seekLabel')}
        description={t('network.seekHelp')}
        error={isWrong ? t('network.seekWrong') : null}
        required
        maxLength={130}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <Button type="submit">{t('network.seekButton')}</Button>
    </form>
  )
}
