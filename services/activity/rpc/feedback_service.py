"""Serves `workbench.activity.v1.FeedbackService`: request to use case to answer."""

from __future__ import annotations

from workbench.activity.v1 import feedback_pb2
from workbench.activity.v1 import feedback_service_pb2 as rpc

from services.activity.model.feedback import Feedback
from services.activity.usecases import reaching
from services.activity.usecases.feedback import answering, board, categories, importing, overdue, reading, recording, topics
from services.chassis.db.session import UnitOfWork


def create_feedback(work: UnitOfWork, request: rpc.CreateFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, recording.create(work, request.feedback))


def get_feedback(work: UnitOfWork, request: rpc.GetFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, reaching.found(work, Feedback, request.feedback_id))


def list_feedback(work: UnitOfWork, request: rpc.ListFeedbackRequest) -> rpc.ListFeedbackResponse:
    page = reading.list_feedback(work, request)
    return rpc.ListFeedbackResponse(feedback=reading.listed(work, page.rows), next_page_token=page.next_page_token)


def update_feedback(work: UnitOfWork, request: rpc.UpdateFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, recording.change(work, request.feedback, request.update_mask.paths))


def classify_feedback(work: UnitOfWork, request: rpc.ClassifyFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, recording.classify(work, request))


def assign_feedback(work: UnitOfWork, request: rpc.AssignFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, recording.assign(work, request))


def answer_feedback(work: UnitOfWork, request: rpc.AnswerFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, answering.answer(work, request))


def tell_feedback_answer(work: UnitOfWork, request: rpc.TellFeedbackAnswerRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, answering.tell_customer(work, request))


def close_feedback(work: UnitOfWork, request: rpc.CloseFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, answering.close(work, request))


def reopen_feedback(work: UnitOfWork, request: rpc.ReopenFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, answering.reopen(work, request))


def escalate_feedback(work: UnitOfWork, request: rpc.EscalateFeedbackRequest) -> feedback_pb2.Feedback:
    return reading.shown(work, overdue.escalate(work, request))


def get_wanted_board(work: UnitOfWork, request: rpc.GetWantedBoardRequest) -> rpc.WantedBoard:
    return board.board(work, request)


def import_feedback(work: UnitOfWork, request: rpc.ImportFeedbackRequest) -> rpc.ImportFeedbackResponse:
    return importing.take_over(work, request)


def list_feedback_categories(
    work: UnitOfWork,
    _request: rpc.ListFeedbackCategoriesRequest,
) -> rpc.ListFeedbackCategoriesResponse:
    return rpc.ListFeedbackCategoriesResponse(categories=categories.known(work), deadlines=categories.common_deadlines())


def update_feedback_category(work: UnitOfWork, request: rpc.UpdateFeedbackCategoryRequest) -> feedback_pb2.FeedbackCategory:
    return categories.change(work, request.feedback_category, request.update_mask.paths, allow_missing=request.allow_missing)


def create_feedback_topic(work: UnitOfWork, request: rpc.CreateFeedbackTopicRequest) -> feedback_pb2.FeedbackTopic:
    return topics.as_message(topics.create(work, request.feedback_topic))


def list_feedback_topics(work: UnitOfWork, request: rpc.ListFeedbackTopicsRequest) -> rpc.ListFeedbackTopicsResponse:
    page = topics.page(work, request)
    shown = map(topics.as_message, page.rows)
    return rpc.ListFeedbackTopicsResponse(feedback_topics=shown, next_page_token=page.next_page_token)


def update_feedback_topic(work: UnitOfWork, request: rpc.UpdateFeedbackTopicRequest) -> feedback_pb2.FeedbackTopic:
    return topics.as_message(topics.change(work, request.feedback_topic, request.update_mask.paths))
