import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Flex, Form, Modal, Typography } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDraft } from '../api/drafts';
import { useRefusalWords } from '../api/refusals';
import { isStale, StaleEdit } from '../api/StaleEdit';

interface Edit<Values> {
  /** What stands now, where somebody else was faster. */
  read: () => Promise<{ etag: string; values: Partial<Values> }>;
  labels: Partial<Record<keyof Values & string, string>>;
  say?: (field: keyof Values & string, value: unknown) => string;
}

interface Props<Values extends object> {
  title: string;
  open: boolean;
  onClose: () => void;
  /** Sends what was typed; with an etag where it is to stand over what somebody else saved meanwhile. */
  submit: (values: Values, etag?: string) => Promise<unknown>;
  initialValues?: Partial<Values>;
  submitWords?: string;
  doneWords?: string;
  /** What is typed is kept under this key until it is sent. */
  draftKey?: string;
  danger?: boolean;
  width?: number;
  edit?: Edit<Values>;
  children: ReactNode;
}

/** A form in a dialog: says what was refused and keeps what was typed; an edit that is stale shows both versions. */
export function FormDialog<Values extends object>(props: Props<Values>) {
  const { title, open, onClose, width = 560 } = props;
  return (
    <Modal title={title} open={open} onCancel={onClose} footer={null} width={width} destroyOnHidden>
      <DialogForm {...props} />
    </Modal>
  );
}

function DialogForm<Values extends object>(props: Props<Values>) {
  const { submit, initialValues, draftKey, edit, doneWords, onClose } = props;
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Values>();
  const draft = useDraft(draftKey ?? '', form);
  const [theirs, setTheirs] = useState<{ etag: string; values: Partial<Values> }>();
  const refusal = useRef<HTMLDivElement>(null);
  const done = () => {
    draft.drop();
    onClose();
  };
  const sending = useMutation({
    mutationFn: ({ values, etag }: { values: Values; etag?: string }) => submit(values, etag),
    onSuccess: () => {
      void message.success(doneWords ?? t('state.saved'));
      done();
    },
    onError: async (error) => {
      if (edit && isStale(error)) setTheirs(await edit.read());
    },
  });
  // Whoever sends a long form is at its end: what was refused stands at its beginning.
  useEffect(() => {
    if (sending.error) refusal.current?.scrollIntoView({ block: 'nearest' });
  }, [sending.error]);
  const send = (etag?: string) => {
    setTheirs(undefined);
    sending.mutate({ values: form.getFieldsValue(true) as Values, ...(etag ? { etag } : {}) });
  };
  return (
    <>
      <div ref={refusal}>
        {sending.error && !theirs && <Alert className="form-note" type="error" showIcon title={words(sending.error)} />}
      </div>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark
        scrollToFirstError={{ block: 'center', focus: true }}
        {...(initialValues ? { initialValues } : {})}
        {...(draftKey ? { onValuesChange: draft.keep } : {})}
        onFinish={() => send()}
      >
        {draft.restored && <Typography.Paragraph type="secondary">{t('state.draftRestored')}</Typography.Paragraph>}
        {props.children}
        <Flex justify="flex-end" gap={8}>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="primary" htmlType="submit" danger={props.danger ?? false} loading={sending.isPending}>
            {props.submitWords ?? t('action.save')}
          </Button>
        </Flex>
      </Form>
      {edit && theirs && (
        <StaleEdit
          fields={staleFields(edit, theirs.values, form.getFieldsValue(true) as Values)}
          onKeepMine={() => send(theirs.etag)}
          onTakeTheirs={done}
          onCancel={() => setTheirs(undefined)}
        />
      )}
    </>
  );
}

function staleFields<Values extends object>(edit: Edit<Values>, theirs: Partial<Values>, mine: Values) {
  const say = (field: keyof Values & string, value: unknown) => edit.say?.(field, value) ?? String(value ?? '');
  return Object.entries(edit.labels).map(([name, label]) => {
    const field = name as keyof Values & string;
    return { label: String(label), theirs: say(field, theirs[field]), mine: say(field, mine[field]) };
  });
}

/** A field that must be filled in. */
export function Required({ name, label, children }: { name: string; label: string; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t('field.required') }]}>
      {children}
    </Form.Item>
  );
}
