import type { Story } from './story.ts'

/** Money for a hospital in Honduras is embezzled, passes through a consultancy in Guatemala and ends in companies in El Salvador. */
export const HOSPITAL_FUNDS: Story = {
  title: 'The chain behind the hospital',
  persons: [
    {
      key: 'rolando',
      home: 'HN',
      sex: 'M',
      given: ['Rolando'],
      surnames: ['Bustillo', 'Zúniga'],
      birthDate: '1968-12-05',
      ordinals: { HN: 3, GT: 7, SV: 4 },
    },
    {
      key: 'ingrid',
      home: 'GT',
      sex: 'F',
      given: ['Ingrid', 'Verónica'],
      surnames: ['Arriaza', 'Barrios'],
      birthDate: '1975-08-17',
      ordinals: { GT: 8, SV: 5 },
    },
  ],
  cases: [
    {
      key: 'hospital',
      country: 'HN',
      town: 'Juticalpa',
      filedOn: '2021-09-30',
      committed: ['2020-08-01', '2021-06-30'],
      category: 'COURT',
      status: 'IN_TRIAL',
      conducts: ['EMBEZZLEMENT', 'BRIBERY'],
      narrative:
        'La auditoría del Tribunal Superior de Cuentas halló pagos por equipos que no llegaron al hospital. El proveedor era una sociedad creada tres semanas antes; el 40 % de cada pago salió hacia una consultora de Guatemala ({consultora}).',
      parts: [{ person: 'rolando', role: 'ACCUSED', warrant: { issuedOn: '2021-11-08', extradition: true } }],
      links: ['consultora', 'sociedades'],
    },
    {
      key: 'consultora',
      country: 'GT',
      town: 'Ciudad de Guatemala',
      filedOn: '2022-02-15',
      committed: ['2020-09-01', '2021-12-31'],
      category: 'PROSECUTION',
      status: 'CHARGED',
      conducts: ['MONEY_LAUNDERING', 'BRIBERY'],
      narrative:
        'La consultora no tenía empleados. Recibió once transferencias de Honduras ({hospital}) y las reenvió el mismo día a tres sociedades de San Salvador ({sociedades}); las facturas son copias con otra fecha.',
      parts: [
        { person: 'ingrid', role: 'ACCUSED' },
        { person: 'rolando', role: 'ACCUSED' },
      ],
      links: ['hospital', 'sociedades'],
    },
    {
      key: 'sociedades',
      country: 'SV',
      town: 'San Salvador',
      filedOn: '2022-05-27',
      committed: ['2020-10-01', '2022-04-30'],
      category: 'ASSET_FORFEITURE',
      status: 'OPEN',
      conducts: ['MONEY_LAUNDERING', 'ILLICIT_ENRICHMENT'],
      narrative:
        'Tres sociedades con el mismo domicilio compraron dos fincas de café y un local. Sus apoderados firmaron en blanco. El dinero llegó de la consultora del caso {consultora}; se pidió su devolución al hospital ({hospital}).',
      parts: [
        { person: 'ingrid', role: 'SUSPECT', as: 'SV' },
        { person: 'rolando', role: 'SUSPECT', as: 'SV' },
      ],
      links: ['hospital', 'consultora'],
    },
  ],
  requests: [
    {
      case: 'hospital',
      requested: 'GT',
      madeOn: '2021-11-22',
      measures: ['BANK_RECORDS'],
      urgency: 'ROUTINE',
      status: 'EXECUTED',
      concerns: ['consultora'],
    },
    {
      case: 'consultora',
      requested: 'SV',
      madeOn: '2022-06-13',
      measures: ['FREEZE_ASSETS'],
      urgency: 'URGENT',
      status: 'GRANTED',
      concerns: ['sociedades'],
    },
  ],
}
