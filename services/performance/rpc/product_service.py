"""Serves `workbench.performance.v1.ProductService`: request to use case to answer."""

from __future__ import annotations

from workbench.performance.v1 import product_pb2, product_service_pb2

from services.chassis.db.session import UnitOfWork
from services.performance.usecases.products import deciding, drafting, reading, trying
from services.performance.usecases.products.showing import version_message, version_messages


def list_products(work: UnitOfWork, request: product_service_pb2.ListProductsRequest) -> product_service_pb2.ListProductsResponse:
    return reading.list_products(work, request)


def get_product(work: UnitOfWork, request: product_service_pb2.GetProductRequest) -> product_pb2.Product:
    return reading.get_product(work, request)


def list_product_versions(
    work: UnitOfWork, request: product_service_pb2.ListProductVersionsRequest
) -> product_service_pb2.ListProductVersionsResponse:
    page = reading.list_versions(work, request)
    shown = version_messages(work, page.rows)
    return product_service_pb2.ListProductVersionsResponse(product_versions=shown, next_page_token=page.next_page_token)


def get_product_version(work: UnitOfWork, request: product_service_pb2.GetProductVersionRequest) -> product_pb2.ProductVersion:
    return version_message(work, drafting.found(work, request.product_version_id))


def compare_product_versions(
    work: UnitOfWork, request: product_service_pb2.CompareProductVersionsRequest
) -> product_service_pb2.CompareProductVersionsResponse:
    return reading.compare(work, request)


def create_product_version(
    work: UnitOfWork, request: product_service_pb2.CreateProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, drafting.create(work, request.product_version))


def update_product_version(
    work: UnitOfWork, request: product_service_pb2.UpdateProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, drafting.change(work, request.product_version, request.update_mask.paths))


def submit_product_version(
    work: UnitOfWork, request: product_service_pb2.SubmitProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, deciding.submit(work, request.product_version_id, request.etag))


def publish_product_version(
    work: UnitOfWork, request: product_service_pb2.PublishProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, deciding.publish(work, request.product_version_id, request.etag))


def reject_product_version(
    work: UnitOfWork, request: product_service_pb2.RejectProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, deciding.reject(work, request.product_version_id, request.etag, request.decision_note))


def withdraw_product_version(
    work: UnitOfWork, request: product_service_pb2.WithdrawProductVersionRequest
) -> product_pb2.ProductVersion:
    return version_message(work, deciding.withdraw(work, request.product_version_id, request.etag))


def check_formula(work: UnitOfWork, request: product_service_pb2.CheckFormulaRequest) -> product_service_pb2.CheckFormulaResponse:
    return trying.check(work, request)


def list_formula_sources(
    _work: UnitOfWork, _request: product_service_pb2.ListFormulaSourcesRequest
) -> product_service_pb2.ListFormulaSourcesResponse:
    return trying.list_sources()
