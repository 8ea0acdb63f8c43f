import { CheckCircleOutlined, CloseCircleOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Card, Checkbox, Flex, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { api, client } from '../../api/client';
import { useDraft } from '../../api/drafts';
import { useRefusalWords } from '../../api/refusals';
import type { Attempt, Document } from './knowledge';
import { refreshDocuments } from './knowledge';

interface Props {
  document: Document;
  quiz: NonNullable<Document['quiz']>;
}

/** The questions on a document, how one's last attempt went, and what was right once that is told. */
export function QuizCard({ document, quiz }: Props) {
  const { t } = useTranslation('knowledge');
  const { documentId, version } = document;
  const attempts = api.useQuery('get', '/v1/documents/{documentId}/quizAttempts', { params: { path: { documentId } } });
  const last = attempts.data?.attempts.find((attempt) => attempt.version === version);
  const over = last !== undefined && (last.passed || last.attemptsLeft === 0);
  return (
    <Card title={t('quiz')} extra={t('pass', { percent: quiz.passPercent })}>
      {last && <Result attempt={last} />}
      {document.state === 'DOCUMENT_STATE_PUBLISHED' && !over ? (
        <QuizForm document={document} quiz={quiz} key={last?.number ?? 0} />
      ) : (
        <Questions quiz={quiz} {...(last ? { attempt: last } : {})} />
      )}
    </Card>
  );
}

function Result({ attempt }: { attempt: Attempt }) {
  const { t } = useTranslation('knowledge');
  const left = attempt.attemptsLeft < 0 ? t('anyAttempts') : t('attemptsLeft', { count: attempt.attemptsLeft });
  return (
    <Alert
      className="form-note"
      type={attempt.passed ? 'success' : 'warning'}
      showIcon
      title={t(attempt.passed ? 'passed' : 'failed', { percent: attempt.scorePercent, number: attempt.number })}
      {...(attempt.passed ? {} : { description: left })}
    />
  );
}

function QuizForm({ document, quiz }: Props) {
  const { t } = useTranslation('knowledge');
  const words = useRefusalWords();
  const { documentId, version } = document;
  const [form] = Form.useForm<{ answers: number[][] }>();
  const draft = useDraft(`quiz:${documentId}:${version}`, form);
  const attempting = useMutation({
    mutationFn: ({ answers }: { answers: number[][] }) =>
      client.POST('/v1/documents/{documentId}:attemptQuiz', {
        params: { path: { documentId } },
        body: { version, answers: quiz.questions.map((_, place) => ({ choices: answers[place] ?? [] })) },
      }),
    onSuccess: () => {
      draft.drop();
      form.resetFields();
      return refreshDocuments();
    },
  });
  // Not `required`: a group of boxes may not be announced so.
  const answered = (_: unknown, chosen: number[] | undefined) =>
    chosen?.length ? Promise.resolve() : Promise.reject(new Error(t('chooseOne')));
  return (
    <Form form={form} layout="vertical" onValuesChange={draft.keep} onFinish={(values) => attempting.mutate(values)}>
      {attempting.error && <Alert className="form-note" type="error" showIcon title={words(attempting.error)} />}
      {quiz.questions.map((question, place) => (
        <Form.Item
          key={question.text}
          name={['answers', place]}
          label={`${place + 1}. ${question.text}`}
          rules={[{ validator: answered }]}
        >
          <Checkbox.Group
            className="quiz-choices"
            options={question.choices.map((choice, value) => ({ value, label: choice }))}
          />
        </Form.Item>
      ))}
      <Button type="primary" htmlType="submit" loading={attempting.isPending}>
        {t('attempt')}
      </Button>
    </Form>
  );
}

function Questions({ quiz, attempt }: { quiz: Props['quiz']; attempt?: Attempt }) {
  return (
    <ol className="quiz-questions">
      {quiz.questions.map((question, place) => {
        const right = attempt?.solutions[place]?.choices ?? question.rightChoices;
        return (
          <li key={question.text}>
            <Flex gap={8} align="baseline">
              {attempt?.right[place] !== undefined && <Mark right={attempt.right[place] === true} />}
              {question.text}
            </Flex>
            <ul>
              {question.choices.map((choice, value) => (
                <li key={choice}>{right.includes(value) ? <RightChoice choice={choice} /> : choice}</li>
              ))}
            </ul>
          </li>
        );
      })}
    </ol>
  );
}

function RightChoice({ choice }: { choice: string }) {
  const { t } = useTranslation('knowledge');
  return (
    <strong>
      {choice} <CheckCircleOutlined aria-label={t('rightChoice')} />
    </strong>
  );
}

function Mark({ right }: { right: boolean }) {
  const { t } = useTranslation('knowledge');
  return right ? (
    <CheckCircleOutlined aria-label={t('right')} className="quiz-right" />
  ) : (
    <CloseCircleOutlined aria-label={t('wrong')} className="late" />
  );
}
