import { Component, type ReactNode } from 'react';
import { PageFault } from './PageFault';

interface Props {
  /** Where the page stands: at another address, it is tried anew. */
  address: string;
  children: ReactNode;
}

/** Keeps what is around a page standing where the page itself fails. */
export class FaultBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidUpdate({ address }: Props) {
    if (this.state.failed && address !== this.props.address) this.setState({ failed: false });
  }

  override render() {
    return this.state.failed ? <PageFault /> : this.props.children;
  }
}
