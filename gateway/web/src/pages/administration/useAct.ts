import { useMutation } from '@tanstack/react-query';
import { App } from 'antd';
import { refresh } from '../../api/client';
import { useRefusalWords } from '../../api/refusals';

/** A write that is said when it is done and when it is refused; what stands on the paths is asked anew. */
export function useAct<Input, Answer>(act: (input: Input) => Promise<Answer>, said: string, ...paths: string[]) {
  const { message } = App.useApp();
  const words = useRefusalWords();
  return useMutation({
    mutationFn: act,
    onSuccess: () => {
      void message.success(said);
      return refresh(...paths);
    },
    onError: (error) => void message.error(words(error)),
  });
}
