import { Refusal } from '@rm-workbench/client';
import { Checkbox, Form } from 'antd';
import { useState } from 'react';

/** Notices that something like it is there already; whoever saves may then say that it is to be kept all the same. */
export function useDuplicate(reason: string) {
  const [found, setFound] = useState(false);
  const watched =
    <Values,>(submit: (values: Values, etag?: string) => Promise<unknown>) =>
    async (values: Values, etag?: string) => {
      try {
        return await submit(values, etag);
      } catch (error) {
        setFound(error instanceof Refusal && error.reason === reason);
        throw error;
      }
    };
  return { found, watched };
}

export function AcceptDuplicate({ shown, words }: { shown: boolean; words: string }) {
  if (!shown) return null;
  return (
    <Form.Item name="acceptDuplicate" valuePropName="checked">
      <Checkbox>{words}</Checkbox>
    </Form.Item>
  );
}
