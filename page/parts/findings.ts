import { NOT_RECORDED, NOTABLE_RULES, type NotableRule } from '../../tasks/common/report/notableRules';
import { type FirstSeen, type NotableEntry, type NotableFinding } from '../../tasks/common/report/reportData';
import { button, html } from '../dom';
import { type ReportModel } from '../model';
import { toggleValue } from '../rows/filters';
import { groupKey } from '../rows/groups';
import { ACTOR_KINDS, counted, countText, entriesText } from '../words';

const MOST_FIRST_SEEN = 12;
/** Entries of a finding that are shown before the reader asks for more. */
const FEW = 3;

/** What deserves a look, with the entries; each opens in the panel when it is among the rows. Empty until it is drawn. */
export class NotableFindings {
  readonly element = html('div', { class: 'findings' });
  readonly #model: ReportModel;
  readonly #onOpen: (id: string) => void;

  constructor(model: ReportModel, onOpen: (id: string) => void) {
    this.#model = model;
    this.#onOpen = onOpen;
  }

  draw(): void {
    const { notable } = this.#model.data;
    const found = notable.map((finding) => this.#finding(finding));
    this.element.replaceChildren(...(found.length > 0 ? found : [html('p', { class: 'empty good' }, `Nothing notable. ${countText(NOTABLE_RULES.length)} rules have looked: ${NOTABLE_RULES.map(({ title }) => title.toLowerCase()).join(', ')}.`)]));
  }

  #finding({ rule, entries, shown }: NotableFinding): HTMLElement {
    const known: NotableRule | undefined = NOTABLE_RULES.find(({ id }) => id === rule);
    const list = html('ul');
    const show = (most: number): void => {
      list.replaceChildren(...shown.slice(0, most).map((entry) => html('li', {}, this.#entry(entry))));
      if (most < shown.length) list.append(html('li', {}, button({ class: 'more' }, () => show(shown.length), `Show ${countText(shown.length - most)} more`)));
      else if (entries > shown.length && shown.length > 0) list.append(html('li', { class: 'others' }, `and ${countText(entries - shown.length)} older`));
    };
    show(FEW);
    return html('details', { class: 'finding', open: true },
      html('summary', {}, html('span', { class: 'finding-title' }, known?.title ?? rule), html('span', { class: 'badge' }, countText(entries))),
      html('p', { class: 'why' }, known?.why ?? 'A rule that this page does not know yet.'),
      list);
  }

  #entry({ id, ms, action, actor, project, details }: NotableEntry): HTMLElement {
    return button({ class: 'link', title: details }, () => this.#onOpen(id),
      html('span', { class: 'when' }, this.#model.clock.minutes(ms)), html('bdi', {}, actor),
      html('span', { class: 'what' }, details === '' ? action : details, project === null ? '' : ` · ${project}`));
  }
}

/** Actors and actions that no earlier export had; each filters. */
export function firstSeenList(model: ReportModel, { actors, actorCount, actions, actionCount }: FirstSeen): HTMLElement {
  const list = html('div', { class: 'first-seen' });
  if (actorCount + actionCount === 0) list.append(html('p', { class: 'empty' }, 'No actor and no action that the earlier exports did not have.'));
  if (actorCount > 0) {
    list.append(html('h3', {}, counted(actorCount, 'actor', 'actors')), actors === undefined ? html('p', { class: 'empty' }, 'Names are left out.')
      : tags(model, actors.map((actor) => ({ dimension: 'actor', name: actor.name, title: actor.kind === 'person' ? actor.upn ?? '' : ACTOR_KINDS[actor.kind], key: groupKey('actor', actor) })), actorCount));
  }
  if (actionCount > 0) list.append(html('h3', {}, counted(actionCount, 'action', 'actions')), tags(model, actions.map((action) => ({ dimension: 'action', name: action, title: '', key: groupKey('action', action) })), actionCount));
  return list;
}

interface Tag {
  readonly dimension: 'actor' | 'action';
  readonly name: string;
  readonly title: string;
  readonly key: string;
}

function tags(model: ReportModel, named: readonly Tag[], count: number): HTMLElement {
  const list = html('ul', { class: 'tags' });
  const show = (most: number): void => {
    list.replaceChildren(...named.slice(0, most).map(({ dimension, name, title, key }) => html('li', {}, model.hasRows
      ? button({ class: 'tag', title }, () => model.change(toggleValue(model.filters, dimension, key)), html('bdi', {}, name))
      : html('span', { class: 'tag', title }, html('bdi', {}, name)))));
    if (count > most) list.append(html('li', {}, most < named.length ? button({ class: 'more' }, () => show(named.length), `and ${countText(count - most)} more`) : `and ${countText(count - most)} more`));
  };
  show(MOST_FIRST_SEEN);
  return list;
}

/** What nobody finds in an export, because Azure DevOps does not record it. */
export function notRecordedList(): HTMLElement {
  return html('ul', { class: 'not-recorded' }, ...NOT_RECORDED.map((text) => html('li', {}, text)));
}

/** Rows that the page does not have, in words; undefined when it has them all. */
export function missingRowsText({ data, progress }: ReportModel): string | undefined {
  if (data.rows === null) return 'The entries themselves are left out of this report (reportDetail: counts). Whoever may read the export finds them in audit-log.jsonl.gz.';
  const parts: string[] = [];
  const { leftOut, unreadable, expected } = progress;
  if (leftOut > 0) parts.push(`The ${entriesText(expected)} listed here ${expected === 1 ? 'is' : 'are'} the newest; ${countText(leftOut)} older ${leftOut === 1 ? 'one is' : 'ones are'} left out of this page. Charts and lists count them all and do not follow the filters. audit-log.jsonl.gz holds every entry.`);
  if (unreadable > 0) parts.push(`${entriesText(unreadable)} could not be read from this page's data. audit-log.jsonl.gz holds every entry.`);
  return parts.length > 0 ? parts.join(' ') : undefined;
}
