import type { FindingName } from '../../../catalogue/index.js';
/** Where a setting stands: in our block of a file, or for the unit in a file of our own. */
export type Layer = 'conf' | 'base' | 'vm' | 'unit';

/** One thing that must hold, in the words of the plan, and the text that makes it so. */
export interface Setting {
  id: FindingName<'conf-edits'>;
  summary: string;
  layer: Layer;
  text: string;
}
