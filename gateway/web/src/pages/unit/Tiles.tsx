import { Card, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { Link } from 'react-router';

export interface Tile {
  key: string;
  label: ReactNode;
  /** Nothing while it is loading. */
  value: ReactNode | undefined;
  note?: ReactNode;
  /** What needs somebody: it stands out, and its note says why. */
  pressing?: boolean;
  /** Where it is looked at. */
  to?: string;
}

/** The few figures with which a page begins. */
export function Tiles({ tiles, label }: { tiles: Tile[]; label: string }) {
  return (
    <ul className="unit-tiles" aria-label={label}>
      {tiles.map((tile) => (
        <li key={tile.key}>
          <Card size="small" className={tile.pressing ? 'unit-tile unit-tile-pressing' : 'unit-tile'}>
            <div className="unit-tile-label">{tile.to ? <Link to={tile.to}>{tile.label}</Link> : tile.label}</div>
            {tile.value === undefined ? (
              <Skeleton.Node active className="unit-tile-awaited" />
            ) : (
              <div className="unit-tile-value">{tile.value}</div>
            )}
            <div className="unit-tile-note">{tile.note}</div>
          </Card>
        </li>
      ))}
    </ul>
  );
}
