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
    <ul className="tiles" aria-label={label}>
      {tiles.map((tile) => (
        <li key={tile.key}>
          <Card size="small" className={tile.pressing ? 'tile tile-pressing' : 'tile'}>
            <div className="tile-label">{tile.to ? <Link to={tile.to}>{tile.label}</Link> : tile.label}</div>
            {tile.value === undefined ? (
              <Skeleton.Node active className="tile-awaited" />
            ) : (
              <div className="tile-value">{tile.value}</div>
            )}
            <div className="tile-note">{tile.note}</div>
          </Card>
        </li>
      ))}
    </ul>
  );
}
