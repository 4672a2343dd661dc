// What makes the drawing live, in the words of the browser: it loads nothing, keeps nothing, and writes nothing but the page's own marks.
export const script = `
'use strict'
const graph = document.querySelector('.graph')
const board = graph.querySelector('.board')
const svg = graph.querySelector('svg')
const panel = graph.querySelector('.chosen')
const field = graph.querySelector('input[type=search]')
const boxes = [...svg.querySelectorAll('.box')]
const lines = [...svg.querySelectorAll('.lines path')]
const whole = svg.viewBox.baseVal
const all = { x: 0, y: 0, w: whole.width, h: whole.height }
let seen = { ...all }
let chosen = -1
for (const hidden of graph.querySelectorAll('.tools, .keys')) hidden.hidden = false
board.classList.add('live')

function show(next) {
  const w = Math.min(Math.max(next.w, 260), all.w * 1.5)
  const h = w * (all.h / all.w)
  const keep = (at, size, most) => Math.min(Math.max(at, -size * 0.6), most - size * 0.4)
  seen = { x: keep(next.x, w, all.w), y: keep(next.y, h, all.h), w, h }
  svg.setAttribute('viewBox', [seen.x, seen.y, seen.w, seen.h].join(' '))
}
/** Units of the drawing in one point of the screen, and where in it a place on the screen is. */
const scale = () => Math.max(seen.w / svg.clientWidth, seen.h / svg.clientHeight)
function placeOf(event) {
  const area = svg.getBoundingClientRect()
  const of = scale()
  return { x: seen.x + seen.w / 2 + (event.clientX - area.left - area.width / 2) * of, y: seen.y + seen.h / 2 + (event.clientY - area.top - area.height / 2) * of }
}
function zoom(by, at = { x: seen.x + seen.w / 2, y: seen.y + seen.h / 2 }) {
  const w = Math.min(Math.max(seen.w * by, 260), all.w * 1.5)
  const real = w / seen.w
  show({ x: at.x - (at.x - seen.x) * real, y: at.y - (at.y - seen.y) * real, w })
}
/** By keys, around what has the focus. */
function around() {
  const box = boxes.find((b) => b === document.activeElement)
  if (!box) return undefined
  const f = frameOf(box)
  return { x: f.x + f.width / 2, y: f.y + f.height / 2 }
}
const zooms = { in: () => zoom(0.7, around()), out: () => zoom(1 / 0.7, around()), all: () => show(all) }
for (const button of graph.querySelectorAll('[data-zoom]')) button.addEventListener('click', () => zooms[button.dataset.zoom]())
svg.addEventListener('wheel', (event) => {
  if (!event.ctrlKey && !event.metaKey) return
  event.preventDefault()
  zoom(Math.exp(event.deltaY * 0.0025), placeOf(event))
}, { passive: false })

let held
svg.addEventListener('pointerdown', (event) => { if (event.button === 0) held = { x: event.clientX, y: event.clientY, moved: false } })
svg.addEventListener('dragstart', (event) => event.preventDefault())
window.addEventListener('pointermove', (event) => {
  if (!held) return
  const [dx, dy] = [event.clientX - held.x, event.clientY - held.y]
  if (!held.moved && Math.abs(dx) + Math.abs(dy) < 5) return
  const of = scale()
  held = { x: event.clientX, y: event.clientY, moved: true }
  board.classList.add('drawn')
  show({ x: seen.x - dx * of, y: seen.y - dy * of, w: seen.w })
})
let dragged = false
window.addEventListener('pointerup', () => {
  dragged = held?.moved === true
  held = undefined
  board.classList.remove('drawn')
  setTimeout(() => (dragged = false))
})

const frameOf = (box) => box.querySelector('.body').getBBox()
function bringIntoSight(box) {
  const f = frameOf(box)
  const inside = f.x >= seen.x && f.y >= seen.y && f.x + f.width <= seen.x + seen.w && f.y + f.height <= seen.y + seen.h
  const within = (at, size, most) => Math.max(-20, Math.min(at - size / 2, most + 20 - size))
  if (!inside) show({ x: within(f.x + f.width / 2, seen.w, all.w), y: within(f.y + f.height / 2, seen.h, all.h), w: seen.w })
}
function choose(place) {
  chosen = place
  const own = boxes.filter((b) => place >= 0 && b.getAttribute('href') === boxes[place].getAttribute('href')).map((b) => Number(b.dataset.place))
  const bound = lines.filter((l) => own.includes(Number(l.dataset.first)) || own.includes(Number(l.dataset.last)))
  const near = new Set([...own, ...bound.flatMap((l) => [Number(l.dataset.first), Number(l.dataset.last)])])
  for (const line of lines) line.classList.toggle('bound', bound.includes(line))
  boxes.forEach((box, i) => {
    box.classList.toggle('near', near.has(i))
    box.classList.toggle('here', i === place)
  })
  graph.classList.toggle('choosing', place >= 0)
  panel.hidden = place < 0
  panel.replaceChildren()
  if (place < 0) return
  const close = document.createElement('button')
  Object.assign(close, { type: 'button', className: 'close', textContent: 'Close' })
  close.addEventListener('click', () => { choose(-1); boxes[place].focus() })
  const about = document.getElementById(boxes[place].getAttribute('href').slice(1)).cloneNode(true)
  about.removeAttribute('id')
  for (const folded of about.querySelectorAll('details')) folded.open = true
  panel.append(close, about)
  panel.scrollTop = 0
  walkTo(place)
}
/** One box at a time can be tabbed to; the arrows go to the others. */
function walkTo(place) {
  boxes.forEach((box, i) => box.setAttribute('tabindex', i === place ? '0' : '-1'))
  boxes[place].focus({ preventScroll: true })
  bringIntoSight(boxes[place])
}
boxes.forEach((box, i) => {
  box.setAttribute('tabindex', i === 0 ? '0' : '-1')
  box.addEventListener('click', (event) => {
    event.preventDefault()
    if (!dragged) choose(i === chosen ? -1 : i)
  })
})
svg.addEventListener('click', (event) => { if (!dragged && !event.target.closest('.box')) choose(-1) })

/** The nearest in the direction of the arrow. */
function neighbour(place, dx, dy) {
  const from = frameOf(boxes[place])
  let [best, least] = [-1, Infinity]
  boxes.forEach((box, i) => {
    const f = frameOf(box)
    const [ahead, aside] = dx ? [(f.x - from.x) * dx, Math.abs(f.y - from.y)] : [(f.y - from.y) * dy, Math.abs(f.x - from.x)]
    const far = ahead + aside * (dx ? 1 : 8)
    if (i !== place && ahead > 1 && far < least) [best, least] = [i, far]
  })
  return best
}
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
board.addEventListener('keydown', (event) => {
  const place = boxes.indexOf(document.activeElement)
  if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) return
  const arrow = arrows[event.key]
  if (arrow) {
    const next = neighbour(place, ...arrow)
    if (next >= 0) walkTo(next)
  } else if (event.key === '+' || event.key === '=') zooms.in()
  else if (event.key === '-') zooms.out()
  else if (event.key === '0') zooms.all()
  else if (event.key === ' ') choose(place)
  else return
  event.preventDefault()
})
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== field) {
    event.preventDefault()
    field.focus()
  }
  if (event.key === 'Escape') {
    if (document.activeElement === field) { field.value = ''; find() }
    else choose(-1)
  }
})

/** A link to a migration, from another page, chooses it. */
const meant = boxes.findIndex((box) => box.getAttribute('href') === location.hash)
if (meant >= 0) choose(meant)

const cards = [...document.querySelectorAll('main .migration')]
let found = []
function find() {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean)
  found = words.length ? boxes.filter((box) => words.every((w) => box.dataset.words.includes(w))) : []
  graph.classList.toggle('finding-some', words.length > 0)
  for (const box of boxes) box.classList.toggle('found', found.includes(box))
  const kept = new Set(found.map((box) => box.getAttribute('href').slice(1)))
  for (const card of cards) card.hidden = words.length > 0 && !kept.has(card.id)
  graph.querySelector('output').textContent = words.length ? found.length + ' of ' + boxes.length : ''
}
field.addEventListener('input', find)
field.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || found.length === 0) return
  event.preventDefault()
  walkTo(boxes.indexOf(found[0]))
})
for (const switched of graph.querySelectorAll('[data-lines]'))
  switched.addEventListener('change', () => {
    for (const line of lines) if (line.classList.contains(switched.dataset.lines)) line.classList.toggle('off', !switched.checked)
  })
`
