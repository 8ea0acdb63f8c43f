"""Serves `workbench.activity.v1.CommentService`: request to use case to answer."""

from __future__ import annotations

from datetime import datetime

from workbench.activity.v1 import comment_pb2, comment_service_pb2

from services.activity.usecases.comments import commenting
from services.chassis.db.session import UnitOfWork


def create_comment(work: UnitOfWork, request: comment_service_pb2.CreateCommentRequest) -> comment_pb2.Comment:
    return commenting.messages(work, [commenting.create(work, request.comment)])[0]


def list_comments(work: UnitOfWork, request: comment_service_pb2.ListCommentsRequest) -> comment_service_pb2.ListCommentsResponse:
    page = commenting.page(work, request)
    shown = commenting.messages(work, page.rows)
    return comment_service_pb2.ListCommentsResponse(comments=shown, next_page_token=page.next_page_token)


def update_comment(work: UnitOfWork, request: comment_service_pb2.UpdateCommentRequest) -> comment_pb2.Comment:
    return commenting.messages(work, [commenting.change(work, request.comment, request.update_mask.paths)])[0]


def delete_comment(work: UnitOfWork, request: comment_service_pb2.DeleteCommentRequest) -> comment_pb2.Comment:
    return commenting.messages(work, [commenting.delete(work, request.comment_id, request.etag)])[0]


def get_comment(work: UnitOfWork, request: comment_service_pb2.GetCommentRequest) -> comment_service_pb2.GetCommentResponse:
    comment = commenting.found(work, request.comment_id)
    answer = comment_service_pb2.GetCommentResponse(comment=commenting.messages(work, [comment])[0])
    if commenting.may_read_history(work, comment):
        for each in comment.revisions:
            until = datetime.fromisoformat(each["until_time"])
            answer.revisions.append(comment_pb2.CommentRevision(text=each["text"], until_time=until))
    return answer
