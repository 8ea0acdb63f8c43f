import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Radio } from 'antd';
import { useTranslation } from 'react-i18next';
import { client } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import { type Invitation, type Question, refreshSurveys, type Template } from './surveys';

/** By question: a score, a place among the choices, or a text. */
type Values = Record<string, number | string | undefined>;

/** Takes down what the customer answers to whoever asks. */
export function AnswerForm({ invitation, template }: { invitation: Invitation; template: Template }) {
  const { t, i18n } = useTranslation('surveys');
  const { message } = App.useApp();
  const words = useRefusalWords();
  const [form] = Form.useForm<Values>();
  const draft = useDraft(`survey-answers:${invitation.surveyInvitationId}`, form);
  const chinese = i18n.language === 'zh';
  const answering = useMutation({
    mutationFn: (values: Values) =>
      client.POST('/v1/surveyInvitations/{surveyInvitationId}:answer', {
        params: { path: { surveyInvitationId: invitation.surveyInvitationId } },
        body: { answers: answersOf(values), etag: invitation.etag },
      }),
    onSuccess: () => {
      draft.drop();
      void message.success(t('answersKept'));
      return refreshSurveys();
    },
  });
  return (
    <Form<Values> form={form} layout="vertical" onValuesChange={draft.keep} onFinish={(values) => answering.mutate(values)}>
      {answering.error && <Alert className="form-note" type="error" showIcon title={words(answering.error)} />}
      <p className="said greeting">{chinese ? template.greetingZh : template.greetingEn}</p>
      {template.questions.map((question) => (
        <Form.Item
          key={question.questionId}
          name={question.questionId}
          label={chinese ? question.textZh : question.textEn}
          rules={question.required ? [{ required: true, message: t('workbench:field.required') }] : []}
        >
          {fieldOf(question, chinese)}
        </Form.Item>
      ))}
      <Button type="primary" htmlType="submit" loading={answering.isPending}>
        {t('keepAnswers')}
      </Button>
    </Form>
  );
}

function answersOf(values: Values) {
  return Object.entries(values).flatMap(([questionId, value]) => {
    if (value === undefined || value === '') return [];
    return [typeof value === 'number' ? { questionId, score: value } : { questionId, text: value }];
  });
}

function fieldOf(question: Question, chinese: boolean) {
  switch (question.kind) {
    case 'SURVEY_QUESTION_KIND_TEXT':
      return <Input.TextArea rows={3} maxLength={2000} />;
    case 'SURVEY_QUESTION_KIND_CHOICE':
      return (
        <Radio.Group
          options={question.choices.map((choice, place) => ({ value: place, label: chinese ? choice.textZh : choice.textEn }))}
        />
      );
    case 'SURVEY_QUESTION_KIND_RECOMMENDATION':
      return <Scale from={0} to={10} />;
    default:
      return <Scale from={1} to={5} />;
  }
}

interface ScaleProps {
  id?: string;
  value?: number;
  onChange?: (value: number) => void;
  from: number;
  to: number;
}

function Scale({ value, onChange, from, to, ...field }: ScaleProps) {
  const scores = Array.from({ length: to - from + 1 }, (_, place) => from + place);
  return (
    <Radio.Group
      {...field}
      className="scale"
      optionType="button"
      value={value}
      onChange={(event) => onChange?.(event.target.value)}
      options={scores.map((score) => ({ value: score, label: String(score) }))}
    />
  );
}
