import type { Lexicon } from './lexicon.ts'

/** Sections 01 to 03: deaths, harm to persons, sexual acts. */
export const PERSONS: Lexicon = {
  '01': 'delitos contra la vida; delitos contra la vida e integridad corporal; ~muertes violentas',
  '0101':
    'homicidio !culposo !cuasidelito !imprudencia !negligencia !involuntario !preterintencional; homicidio simple; ' +
    'homicidio doloso; homicidio calificado; homicidio agravado; homicidio en riña; parricidio; asesinato; femicidio; feminicidio; ' +
    'infanticidio; homicidio por sicariato; sicariato; magnicidio; uxoricidio; ejecución extrajudicial; homicidio por emoción violenta; ' +
    'homicidio por encargo; robo con homicidio; robo calificado con homicidio; violación con homicidio; secuestro con homicidio; ' +
    'homicidio con arma de fuego; homicidio con arma blanca; ~lesiones seguidas de muerte; matar; murder; muerte dolosa; ' +
    'homicidio de un familiar; castigo de honor; homicidio en razón del parentesco',
  '0102':
    'homicidio frustrado; homicidio tentativa; homicidio tentado; parricidio frustrado; parricidio tentativa; femicidio frustrado; ' +
    'femicidio tentativa; feminicidio tentativa; feminicidio frustrado; asesinato tentativa; infanticidio frustrado; attempted murder; ' +
    'attempted homicide; tentativa de muerte',
  '0103': 'homicidio no intencional; ~homicidio culposo; ~homicidio preterintencional; muerte no intencional',
  '01031':
    'homicidio preterintencional; homicidio ultraintencional; lesiones que causan muerte; lesiones seguidas de muerte; ' +
    'aborto seguido de muerte; maltrato con resultado de muerte; involuntary manslaughter; homicidio no culposo',
  '01032':
    'muerte culposa; homicidio culposo; cuasidelito de homicidio; homicidio por imprudencia; homicidio imprudente; homicidio por negligencia; ' +
    'homicidio involuntario; muerte por negligencia; cuasidelito con resultado de muerte; negligencia médica con resultado de muerte; ' +
    '~cuasidelito',
  '010321':
    'muerte culposa en accidente de tránsito; homicidio culposo en accidente de tránsito; homicidio culposo de tránsito; cuasidelito de homicidio vehículo; ' +
    'conducción en estado de ebriedad causando muerte; conducción ebriedad resultado de muerte; manejo en estado de ebriedad con muerte; ' +
    'conducción bajo influencia del alcohol causando muerte; atropello con muerte; accidente de tránsito con resultado de muerte; ' +
    'muerte en accidente de tránsito; conducción con resultado de muerte; homicidio vehicular; dar muerte al conducir; ' +
    'conducción bajo influencia de estupefacientes causando muerte; causar muerte conduciendo',
  '010322':
    '~homicidio culposo; ~cuasidelito de homicidio; accidente de trabajo con resultado de muerte; homicidio culposo mala praxis',
  '0104': 'suicidio; instigación al suicidio; inducción al suicidio; auxilio al suicidio; ayuda al suicidio',
  '01041': 'auxilio al suicidio; ayuda al suicidio',
  '01049': 'inducción al suicidio; instigación al suicidio',
  '0105': 'eutanasia; homicidio por piedad; homicidio piadoso',
  '0106':
    'aborto !seguido; aborto consentido; aborto sin consentimiento; aborto con violencia; abortion; aborto forzado; feticidio; autoaborto',
  '0109': '~delitos contra la vida; disparo contra persona !lesiones',
  '02': 'delitos contra las personas; delitos contra la integridad personal; ~delitos contra la libertad; delitos contra la integridad física',
  '0201':
    'lesiones; agresiones; maltrato habitual; violencia intrafamiliar; violencia familiar; violencia doméstica; violencia contra la mujer; ' +
    'maltrato; violencia física; violencia psicológica; agresiones contra integrantes del grupo familiar; maltrato infantil; maltrato de obra',
  '02011':
    'lesiones !culposas !cuasidelito !imprudencia; lesiones dolosas; lesiones personales; lesiones corporales; agresión física; maltrato físico; ' +
    'violencia física; ~violencia intrafamiliar; ~violencia familiar; ~maltrato habitual; maltrato de obra; lesiones en riña; ' +
    'maltrato corporal relevante; maltrato corporal; maltrato corporal a personas vulnerables; golpes; battery; ' +
    'agresión a funcionario de salud; agresión a profesional de la educación; ~robo con lesiones; disparo con lesiones',
  '020111':
    'lesiones graves; lesiones gravísimas; lesiones graves gravísimas; lesiones calificadas; lesiones agravadas; mutilación; castración; ' +
    'mutilación de miembro; mutilación genital femenina; lesiones con arma de fuego; lesiones con arma blanca; ataque con ácido; ' +
    'lesiones específicas; deformación del rostro; envenenamiento; lesiones con veneno; aggravated assault; grievous bodily harm; ' +
    'maltrato de obra a carabineros con lesiones graves; disparo de arma de fuego con lesiones; lesiones por agente químico',
  '020112':
    'lesiones leves; lesiones menos graves; lesiones levísimas; lesiones simples; faltas contra la persona; maltrato de obra; golpes simples; ' +
    'maltrato corporal relevante; lesiones menores; simple assault; vías de hecho; empujar; abofetear',
  '02012':
    'amenazas; amenazas simples; amenazas condicionales; amenazas no condicionales; intimidación !robo; amenaza contra personas; ' +
    'amenazas contra propiedad; amenaza de atentado; threats; amenaza con arma; amenazas contra particulares',
  '020121':
    'amenazas de muerte; amenazas graves; amenazas con arma de fuego; amenazas con arma; amenaza agravada; death threat; ' +
    '~amenazas condicionales; ~amenazas',
  '020122': 'amenazas leves; amenazas simples; amenaza con arma blanca falta; ~amenazas',
  '02019': '~maltrato habitual; ~violencia intrafamiliar',
  '0202':
    'delitos contra la libertad; delitos contra la libertad y seguridad individual; delitos contra la libertad e intimidad; ' +
    'delitos contra la libertad personal; delitos contra la libertad individual',
  '02021':
    'sustracción de menores; secuestro de menores; rapto de menor; plagio de menor; retención indebida de menor; child abduction; ' +
    'inducción al abandono del hogar; sustracción de niños; robo de infante; no entregar al menor; sustracción de incapaz',
  '020211':
    'sustracción de menor por padre o madre; sustracción internacional de menores; retención de hijo; ~sustracción de menores',
  '020219': '~sustracción de menores; inducción a menor a fuga; inducir a menor a abandonar hogar',
  '02022':
    'privación de libertad; privación ilegítima de libertad; rapto; desaparición forzada; ~secuestro; false imprisonment',
  '020221':
    'secuestro !aeronave !nave; secuestro extorsivo; secuestro express; secuestro simple; secuestro calificado; secuestro agravado; plagio; ' +
    'plagio o secuestro; secuestro con homicidio; secuestro con violación; secuestro con lesiones; toma de rehenes; secuestro de persona; ' +
    'hostage taking; rapto',
  '020222':
    'detención ilegal; detención arbitraria; retención ilegal; detenciones irregulares; privación ilegal de la libertad; ' +
    'encierro; detención, destierro o arresto irregular; aprehensiones ilegales; arresto irregular; detención y arresto ilegal; unlawful detention',
  '020223':
    'secuestro de aeronave; secuestro de nave; apoderamiento de aeronave; desvío de aeronave; apoderamiento ilícito de nave',
  '020229': 'desaparición forzada; desaparición forzada de personas',
  '02029': '~delitos contra la libertad; ~sumisión química; ~esterilización forzada; desplazamiento forzado',
  '020291':
    'adopción ilegal; adopción irregular; entrega irregular de menor; venta de niños; venta de menor; tráfico de menores',
  '020292': 'matrimonio forzado; matrimonio forzado de menores',
  '0203': 'esclavitud y explotación; explotación de personas',
  '02031': 'esclavitud; servidumbre; reducción a servidumbre; sometimiento a servidumbre; slavery',
  '02032': 'trabajo forzado; trabajos forzosos; explotación laboral; forced labour; trabajo forzoso',
  '02039':
    'mendicidad forzada; explotación de mendicidad; servidumbre por deudas; utilización de menores en mendicidad; empleo de menores en delitos',
  '0204': 'trata de personas; trata; human trafficking; trata de blancas; delitos de trata',
  '02041':
    'trata de personas para explotación sexual; trata con fines sexuales; trata de personas con fines de prostitución; trata sexual; ' +
    'promover entrada o salida del país para prostitución; promoción o facilitación de entrada o salida para ejercer la prostitución',
  '02042':
    'trata de personas para trabajos forzados; trata laboral; trata con fines de explotación laboral; trata de personas con fines de servidumbre',
  '02043': 'trata para extracción de órganos; tráfico de órganos; tráfico de órganos humanos; tráfico de tejidos',
  '0205': 'coacción; coacciones; violencia privada; constreñimiento; coerción; constreñimiento ilegal',
  '02051':
    'extorsión; chantaje; exacción; extorsion; blackmail; cobro de piso; extorsión telefónica; ~obligar a firmar documento; extorsión agravada',
  '02059': 'coacciones falta; ~coacción; obtención de documento por violencia',
  '0206':
    'omisión del deber de socorro; negligencia; imprudencia; cuasidelitos; lesiones culposas; delitos culposos; ~cuasidelito de lesiones; abandono de personas',
  '02061':
    'abandono de personas; abandono de incapaz; abandono de personas en peligro; omisión de auxilio; omisión de cuidado; abandono de familia',
  '020611':
    'abandono de niños; abandono de menores; abandono de infante; negligencia de niños; descuido de menores; omisión de cuidado de menor; ' +
    'abandono de niños y menores; exposición de menores; maltrato infantil por omisión; corrupción por abandono de menores',
  '020612':
    'abandono de personas desvalidas; abandono de adulto mayor; abandono de incapaces; abandono de anciano; abandono de cónyuge o ascendiente; ' +
    'abandono de discapacitado; abandono de persona dependiente; abandono de personas incapaces',
  '020619': '~abandono de personas; ~omisión de auxilio',
  '02062':
    'negligencia médica; mala praxis; negligencia profesional; cuasidelito cometido por profesional; impericia médica; responsabilidad médica; ' +
    'cuasidelito de profesionales de la salud; responsabilidad profesional; cuasidelito médico; medical malpractice; negligencia de facultativo',
  '02063':
    'cuasidelito de lesiones vehículo; lesiones culposas en accidente de tránsito; lesiones culposas de tránsito; atropello; accidente de tránsito; ' +
    'conducción temeraria; conducción imprudente; accidente de tránsito con lesiones; conducción con resultado de lesiones; colisión con lesiones; ' +
    'lesiones por hecho de tránsito; cuasidelito de tránsito; dangerous driving; careless driving; ~homicidio y lesiones por accidente de tránsito; ' +
    'conducción negligente; conducción descuidada; hecho de tránsito; conducción ebriedad lesiones graves',
  '02069':
    'omisión de socorro; omisión del deber de socorro; cuasidelito de lesiones; lesiones culposas; lesiones por imprudencia; lesiones imprudentes; delitos culposos; lesiones involuntarias; ' +
    'otros cuasidelitos; ~omisión de auxilio; cuasidelito contra personas',
  '0207':
    'actos peligrosos; poner en peligro; delitos de peligro; delitos contra la seguridad colectiva; ~conducción temeraria; peligro de contagio',
  '02071':
    'delitos contra la salud pública; poner en peligro la salud pública; infracción normas sanitarias; infracción reglas de higiene; ' +
    'propagación de enfermedad; contagio; peligro de contagio; transmisión de enfermedad; violación de medidas sanitarias; cuarentena; ' +
    'propagar gérmenes patógenos; ~adulteración de alimentos; envenenar aguas; infracción código sanitario; contra la salud pública',
  '02072':
    'conducción bajo efectos de sustancias; ~conducción en estado de ebriedad; conducción bajo influencia de alcohol o drogas; ' +
    'ebriedad o drogadicción; conducción de vehículo en estado de ebriedad o drogadicción',
  '020721':
    'conducción en estado de ebriedad !muerte; manejo en estado de ebriedad; conducción bajo influencia del alcohol; ebrio al volante; ' +
    'conducción en estado de ebriedad con daños; conducción en estado de ebriedad con lesiones; conducir ebrio; manejar ebrio; drunk driving; ' +
    'conducción en estado de ebriedad con licencia suspendida; negativa a examen de alcohol; negativa a alcoholemia; ' +
    'responsabilidad de conductores por ebriedad; conducción con presencia de alcohol; manejo bajo efectos del alcohol; peligro común por alcohol',
  '020722':
    'conducción bajo influencia de drogas; conducción bajo influencia de estupefacientes; conducción bajo sustancias estupefacientes; drug driving',
  '02079':
    'disparos injustificados; disparo de arma de fuego; disparo en vía pública; lanzamiento de objetos; arrojar piedras; arrojar objetos a vehículos; ' +
    'liberar cosas peligrosas; atentado contra medios de transporte; atentado contra vehículo; apedrear vehículo; abandono de animal peligroso; ' +
    'obstrucción de vía férrea; peligro para tren; conducción temeraria; carreras clandestinas; carreras ilegales; juegos pirotécnicos',
  '0208': 'hostigamiento y acoso; acoso u hostigamiento; acoso callejero !sexual; ciberacoso; bullying',
  '02081':
    'hostigamiento; acoso escolar; bullying; ~acoso; ciberacoso; harassment; violencia psicológica; maltrato psicológico; llamadas molestas',
  '020811': 'acoso laboral; hostigamiento laboral; hostigamiento en el trabajo; mobbing; workplace harassment',
  '020819': '~hostigamiento; ~violencia psicológica; ~acoso; provocación; molestar a otro; ~maltrato habitual',
  '02082': 'acoso !sexual !laboral; acecho; stalking; persecución; acoso reiterado; acoso callejero',
  '0209':
    'injurias; calumnias; injurias y calumnias; difamación; delitos contra el honor; injurias graves; injurias leves; libelo; ' +
    'ofensa al honor; injuria y calumnia por medios de comunicación; insulto; defamation',
  '02099':
    'injuria; calumnia; difamación; injurias graves; injurias leves; injurias por prensa; delitos contra el honor',
  '0210': 'discriminación; incitación a la discriminación; delitos de discriminación; racismo; discriminación racial',
  '02101': 'discriminación de personas; ~discriminación',
  '0211':
    'delitos contra la intimidad; delitos contra la privacidad; inviolabilidad; delitos contra la inviolabilidad del domicilio; ~violación de morada',
  '02111':
    'violación de correspondencia; interceptación de comunicaciones; grabación de conversaciones privadas; violación de la intimidad; ' +
    'divulgación de imágenes íntimas; difusión de imágenes privadas; violación de secreto de correspondencia; violación de privacidad; espiar; ' +
    'delitos contra la vida privada; captación y difusión de conversaciones privadas; interferencia telefónica; sustracción de correspondencia; ' +
    'tratamiento ilícito de datos personales; divulgación de información privada; apertura de correspondencia; registro ilegal; ' +
    'delitos contra vida privada y pública; interceptar conversaciones; revelación de secretos particulares',
  '02119':
    '~violación de morada; ~allanamiento de morada; allanamiento ilegal; violación de domicilio; trespass; intrusión; ~ofensas a persona',
  '0219': '~otros delitos contra las personas; ~duelo; tráfico de órganos; sumisión química; experimentación ilegal',
  '03': 'delitos sexuales; delitos contra la libertad sexual; delitos contra la indemnidad sexual; abuso y violación; sexual offences',
  '0301':
    'violencia sexual; agresiones sexuales; ~delitos sexuales; ~delitos contra la libertad sexual; agresiones sexuales a menores',
  '03011':
    'agresión sexual con penetración; abuso sexual con acceso carnal; violación !morada !domicilio !correspondencia !secretos !sepulturas !privacidad !sellos; violación sexual; acceso carnal; violación de mayor; violación agravada; violación impropia; rape',
  '030111':
    'violación con violencia; violación con fuerza; violación mediante intimidación; violación de mayor de edad; ~violación !morada !domicilio !correspondencia !secretos !sepulturas; acceso carnal violento; ~violación de persona',
  '030112':
    'violación sin violencia; violación de persona incapaz de resistir; violación de persona privada de sentido; violación de incapaz; violación por engaño',
  '030113':
    'estupro; violación de menor; violación impropia; violación de menor de 14; acceso carnal con menor; relaciones con menor de edad; seducción; ' +
    'violación sexual de menor; violación de niña; statutory rape; sodomía de menor; sodomía; violación equiparada; violación calificada de menor',
  '03012':
    'acto sexual violento; acto sexual abusivo; actos sexuales con menor; abuso sexual; abusos deshonestos; abuso sexual infantil; actos lascivos; actos libidinosos; abuso sexual agravado; abuso sexual de mayor; ' +
    'agresión sexual; abuso sexual de menor; sexual assault; actos contra el pudor; abuso sexual impropio',
  '030121':
    'abuso sexual con contacto corporal; abuso sexual de menor; abuso sexual; tocamientos; abuso sexual por sorpresa; manoseo; ' +
    'abuso sexual con objetos; abuso sexual agravado; introducción de objetos; actos contra el pudor; actos lascivos; tocamientos sin consentimiento; ' +
    'abusos deshonestos; indecent assault; abuso sexual calificado; abuso sexual de menor con contacto',
  '030122':
    'acoso sexual; abuso sexual sin contacto; hostigamiento sexual; abuso sexual sin contacto corporal; acoso sexual callejero; sexual harassment; ' +
    'acoso sexual en espacios públicos; voyerismo; exposición de menor a actos sexuales; determinar a menor a actos de significación sexual; chantaje sexual',
  '0302': 'explotación sexual; delitos de explotación sexual; turismo sexual',
  '03021':
    'proxenetismo; rufianismo; lenocinio; explotación de la prostitución; promoción de la prostitución; favorecimiento de la prostitución; trata de blancas; ' +
    'facilitación de la prostitución de adultos; explotación sexual de adultos; pimping; rufianería',
  '03022':
    'explotación sexual de menores; explotación sexual comercial infantil; corrupción de menores; explotación sexual de niños; turismo sexual infantil; ' +
    'abuso y explotación sexual de niños; explotación sexual comercial de niños, niñas y adolescentes; corrupción agravada de menores',
  '030221':
    'pornografía infantil; producción de material pornográfico con menores; almacenamiento de material pornográfico infantil; ' +
    'difusión de pornografía infantil; adquisición de material pornográfico; comercialización de material pornográfico menores; ' +
    'pornografía con menores de 18; posesión de pornografía infantil; material pornográfico; material de abuso sexual de menores; child pornography',
  '030222':
    'prostitución de menores; promoción o facilitación de la prostitución de menores; obtención de servicios sexuales de menores; ' +
    'facilitación de la prostitución infantil; cliente de prostitución infantil; servicios sexuales de menores; favorecer la prostitución de menor; ' +
    'remuneración por actos sexuales con menores; prostitución impropia',
  '030223':
    'proposiciones sexuales a menores; proposición a menores por medios electrónicos; grooming; captación de menores con fines sexuales; seducción de menores por medios electrónicos; ciberacoso sexual de menores; contacto con menores con fines sexuales',
  '030229': '~corrupción de menores; espectáculos obscenos con menores; ~turismo sexual',
  '03029': '~explotación sexual; ~proxenetismo',
  '0309': '~otros delitos sexuales; ~incesto; inseminación sin consentimiento',
}
