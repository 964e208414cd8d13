Feature: The cart
  Scenario: It stays empty
    Given a cart
    Then it holds nothing
